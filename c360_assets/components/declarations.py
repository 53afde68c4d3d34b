"""What defs/ declares, read once per process."""

from __future__ import annotations

import functools

from c360_assets.settings import PROJECT_ROOT
from c360_assets.sources.declaration import SourceSystem
from c360_assets.sources.declared import load_declarations
from c360_assets.stages import Stage

DEFS = PROJECT_ROOT / "c360_assets" / "defs"


@functools.cache
def declared_systems() -> list[SourceSystem]:
    """All declared source systems.

    Raises:
        SourceError: a declaration is not right.
    """
    return load_declarations(DEFS / Stage.SOURCE_SNAPSHOT.value)
