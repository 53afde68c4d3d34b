"""What the defs.yaml files name: a source system, a destination; and the stages' common parts."""

from c360_assets.components.destination import Destination
from c360_assets.components.source_system import SourceSystem

__all__ = ["Destination", "SourceSystem"]
