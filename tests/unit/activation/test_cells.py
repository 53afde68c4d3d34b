"""What a spreadsheet would run."""

from __future__ import annotations

import pyarrow as pa
import pytest

from c360_assets.activation.destinations.cells import escape_formulas


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "+49 30 = x"])
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert escape_formulas(pa.array([cell])).to_pylist() == [f"'{cell}"]


@pytest.mark.parametrize("cell", ["Ann", "", None, "a=b", "+4930123456", "O'Neil"])
def test_other_cells_stay(cell: str | None) -> None:
    assert escape_formulas(pa.array([cell], pa.string())).to_pylist() == [cell]


def test_numbers_stay_numbers() -> None:
    column = pa.array([-1.5, 2.0])
    assert escape_formulas(column) is column
