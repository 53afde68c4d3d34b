"""`c360 evaluate`: how right the clusters are, against a truth or from what a steward labelled."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from c360_assets.commands.review_show import line
from c360_assets.identity.labelled.draw import Draw, draw_pairs
from c360_assets.identity.labelled.report import Estimated, estimate_latest, keep
from c360_assets.identity.tables import create_tables
from c360_assets.warehouse import Warehouse

MEASURES = ("precision", "recall", "f1", "b3_precision", "b3_recall", "b3_f1")
COUNTS = ("records", "profiles", "entities", "merged_profiles", "sibling_merges", "missing")
HOW_TO_LABEL = "`c360 review label` asks about them one by one, and so does page Evaluate of the console (`c360 ui`)."


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
    _write(scores, json_file)


def run_draw(total: int, seed: int, json_file: Path | None) -> None:
    """Draw pairs for a steward to label."""
    with Warehouse(query_tag="c360 evaluate") as warehouse:
        create_tables(warehouse)
        drawn = draw_pairs(warehouse, total, seed)
    _show_draw(drawn)
    _write(asdict(drawn) | {"pairs": drawn.pairs}, json_file)


def run_estimate(json_file: Path | None) -> int:
    """Estimate from the labels; returns 1 where there is nothing to estimate from."""
    with Warehouse(query_tag="c360 evaluate") as warehouse:
        found = estimate_latest(warehouse)
        if found:
            keep(warehouse, found)
    if not found:
        line("Nothing was drawn yet: `c360 evaluate --draw 200 --seed 1` draws pairs for a steward to label.")
        line("Where a truth is known, `c360 evaluate --truth FILE` scores against it.")
        return 1
    _show_estimates(found)
    _write({each.entity_kind: asdict(each) for each in found}, json_file)
    return 0


def _show_draw(drawn: Draw) -> None:
    table = Table("kind", "stratum", "pairs", "drawn")
    for kind, strata in drawn.strata.items():
        for name, (pairs, number) in strata.items():
            table.add_row(kind, name, f"{pairs:,}", f"{number:,}")
    Console().print(table)
    line(f"{drawn.pairs:,} pairs wait for a label ({drawn.draw_id}). {HOW_TO_LABEL}")


def _show_estimates(found: list[Estimated]) -> None:
    table = Table("kind", "measure", "estimate", "95 % interval")
    for each in found:
        for name, measure in each.measures.items():
            point = "open" if measure.estimate is None else f"{measure.estimate:.3f}"
            table.add_row(each.entity_kind, name, point, f"{measure.low:.3f} to {measure.high:.3f}")
    Console().print(table)
    for each in found:
        line(f"{each.entity_kind}: {said_about(each)}")
    if not all(each.is_complete for each in found):
        line(HOW_TO_LABEL)


def said_about(each: Estimated) -> str:
    """What stands behind a kind's estimates."""
    told = f"{each.labelled:,} of {each.drawn:,} drawn pairs labelled"
    if each.unsure:
        told += f", {each.unsure:,} of them unsure and left out"
    told += f"; the clusters of {each.drawn_at:%Y-%m-%d %H:%M} UTC. "
    told += f"Outside the frame the model expects {each.left_out_matches:.1f} more matching pairs."
    if each.changed_sides:
        told += f" {each.changed_sides:,} drawn pair(s) have been joined or parted since: draw anew."
    return told


def _write(found: object, json_file: Path | None) -> None:
    if json_file:
        json_file.write_text(json.dumps(found, indent=2, default=str) + "\n")
