"""Lines of extracts as the shipped sources declare them."""

from __future__ import annotations

import csv
import io

from c360_assets.settings import PROJECT_ROOT
from c360_assets.sources.declared import load_declarations


def header(system: str, name: str) -> list[str]:
    """Every declared column: a file that lacks one is rejected for that."""
    declared = load_declarations(PROJECT_ROOT / "c360_assets/defs/source_snapshot")
    return next(list(o.columns) for s in declared for o in s.objects if (s.system, o.name) == (system, name))


def csv_line(columns: list[str], **values: str) -> bytes:
    """One line of a CSV file; what is not given is empty."""
    text = io.StringIO()
    csv.DictWriter(text, columns, lineterminator="\n").writerow(values)
    return text.getvalue().encode()
