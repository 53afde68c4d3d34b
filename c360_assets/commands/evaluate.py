"""`c360 evaluate`: score the clusters against a truth."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from c360_assets.warehouse import Warehouse

MEASURES = ("precision", "recall", "f1", "b3_precision", "b3_recall", "b3_f1")
COUNTS = ("records", "profiles", "entities", "merged_profiles", "sibling_merges", "missing")


def run_evaluate(truth: Path, json_file: Path | None) -> None:
    """Print the scores per entity kind, and write them where asked."""
    from c360_assets.identity import evaluate

    with Warehouse(query_tag="c360 evaluate") as warehouse:
        scores = evaluate(warehouse, truth)
    table = Table("", *scores)
    for measure in MEASURES:
        table.add_row(measure, *(f"{score[measure]:.4f}" for score in scores.values()))
    for count in COUNTS:
        table.add_row(count.replace("_", " "), *(f"{score[count]:,}" for score in scores.values()))
    Console().print(table)
    if json_file:
        json_file.write_text(json.dumps(scores, indent=2) + "\n")
