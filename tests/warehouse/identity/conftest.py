"""What the identity tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse


@pytest.fixture(scope="module")
def session(settings: Settings) -> Iterator[Warehouse]:
    with Warehouse(settings) as warehouse:
        yield warehouse
