"""Which contract a table has; imports a stage's models, and so Pandera, when it is asked."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from c360_assets.stages import Stage

if TYPE_CHECKING:
    from c360_assets.contracts.model import Contract


def contracts(stage: Stage) -> dict[str, type[Contract]]:
    """Table (lower case) -> contract, for one stage."""
    module = importlib.import_module(f"c360_assets.contracts.{stage.value}")
    return {model.contract_table()[1].lower(): model for model in module.MODELS}
