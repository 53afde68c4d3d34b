"""The stage's contracts, checked over all rows."""

from c360_assets.components.stage_contracts import stage_contracts
from c360_assets.stages import Stage

contracts = stage_contracts(Stage.SOURCE_SNAPSHOT)
