"""The sample company: its extracts from eight systems and a consent store, with the truth beside them."""

from c360_assets.sample.changes import generate_changes
from c360_assets.sample.generate import Summary, generate

__all__ = ["Summary", "generate", "generate_changes"]
