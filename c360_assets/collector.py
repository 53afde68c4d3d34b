"""Python's garbage collector in processes that import much and build many short-lived trees."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Objects made before the youngest generation is looked through; Python's own 700 suit small programs.
_YOUNG = 50_000


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect rarely, and leave out what was imported so far: it stays, and looking through it is a sixth of a run."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        # Native libraries report what is left at exit as leaks.
        gc.unfreeze()
