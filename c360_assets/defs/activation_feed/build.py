"""The stage's tables, built by dbt."""

from c360_assets.components.dbt_stage import dbt_stage
from c360_assets.stages import Stage

build = dbt_stage(Stage.ACTIVATION_FEED)
