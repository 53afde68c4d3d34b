"""Score identity resolution on a labelled file.

python -m benchmarks.linkage DATA --entity person|organization --id COL --truth COL --map field=COL …
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from benchmarks.linkage.data import FIELDS, DataError, read_labelled


def _arguments(given: list[str] | None) -> argparse.Namespace:
    listed = "; ".join(f"{kind}: {', '.join(fields)}" for kind, fields in FIELDS.items())
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage", description=__doc__)
    parser.add_argument("data", type=Path, help="a CSV or Parquet file with one record a row")
    parser.add_argument("--entity", required=True, choices=sorted(FIELDS))
    parser.add_argument("--id", required=True, metavar="COL", help="the records' ids, one per row")
    parser.add_argument("--truth", required=True, metavar="COL", help="the entity of each record; only read to score")
    parser.add_argument(
        "--map", action="append", default=[], metavar="FIELD=COL", nargs="+",
        help=f"which column is what; a field that is given twice is joined by a space. Fields of {listed}",
    )  # fmt: skip
    parser.add_argument(
        "--attribute", action="append", default=[], metavar="COL", nargs="+", help="any other column, as evidence"
    )
    parser.add_argument("--labels", type=int, default=0, metavar="N", help="pairs that a steward decides first")
    parser.add_argument("--json", action="store_true", help="end with one JSON object on the last line")
    parser.add_argument("--home", type=Path, help="keep the warehouse in this new folder instead of a temporary one")
    return parser.parse_args(given)


def _mapping(given: list[list[str]]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for text in (item for group in given for item in group):
        field, sign, column = text.partition("=")
        if not sign or not field.strip() or not column.strip():
            raise DataError(f"--map {text!r} is not of the form field=COLUMN.")
        fields.setdefault(field.strip(), []).append(column.strip())
    return fields


def run(arguments: argparse.Namespace, home: Path) -> dict[str, float | int | str]:
    """Load, normalise, match and score; returns the scores."""
    attributes = [name for group in arguments.attribute for name in group]
    labelled = read_labelled(
        arguments.data, arguments.entity, arguments.id, arguments.truth, _mapping(arguments.map), attributes
    )
    from benchmarks.linkage import stages
    from benchmarks.linkage.labels import SITTINGS, answer
    from benchmarks.linkage.score import score
    from c360_assets.identity import load_match_settings
    from c360_assets.run import begin_run
    from c360_assets.settings import load_settings
    from c360_assets.warehouse import Warehouse

    started = time.perf_counter()
    settings = replace(load_match_settings(), attributes={arguments.entity: labelled.attributes})
    with Warehouse(load_settings({"C360_HOME": str(home)}), query_tag="linkage benchmark") as warehouse:
        begun = stages.load_records(warehouse, labelled)
        stages.normalize(warehouse, begun, labelled, arguments.entity, home / "scratch")
        result = stages.match(warehouse, begun, settings)
        answered = 0
        for sitting in range(SITTINGS):
            wanted = arguments.labels * (sitting + 1) // SITTINGS - answered
            if wanted:
                answered += answer(warehouse, arguments.entity, labelled.truth, wanted)
                result = stages.match(warehouse, begin_run(warehouse, f"linkage-{sitting}"), settings)
        found = stages.clusters(warehouse)
    seconds = time.perf_counter() - started
    sizes = Counter(found.values())
    if arguments.labels:
        print(
            f"{answered:,} pairs were decided by the truth, of {arguments.labels:,} that were wanted.", file=sys.stderr
        )
    unknown = int(labelled.truth.isna().sum())
    if unknown:
        print(f"{unknown:,} records have no truth; each counts as an entity of its own.", file=sys.stderr)
    matched = result.kinds[arguments.entity]
    print(f"Threshold {matched.threshold}: {matched.threshold_reason}.", file=sys.stderr)
    for finding in matched.findings:
        print(finding, file=sys.stderr)
    return score(found, labelled.truth) | {
        "threshold": matched.threshold,
        "records": len(found),
        "clusters": len(sizes),
        "largest_cluster": max(sizes.values(), default=0),
        "held_for_review": matched.review,
        "seconds": round(seconds, 1),
    }


def main(given: list[str] | None = None) -> int:
    """Score the file; ends with 2 where the file or the arguments are not usable."""
    arguments = _arguments(given)
    if arguments.home and arguments.home.exists():
        print(f"error: {arguments.home} exists; name a new folder.", file=sys.stderr)
        return 2
    home = arguments.home or Path(tempfile.mkdtemp(prefix="c360-linkage-"))
    home.mkdir(parents=True, exist_ok=True)
    try:
        scores = run(arguments, home)
    except DataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    finally:
        _leave(home, keep=arguments.home is not None)
    for name, value in scores.items():
        print(f"{name:16} {value:,.4f}" if isinstance(value, float) else f"{name:16} {value:,}")
    if arguments.json:
        print(json.dumps(scores))
    return 0


def _leave(home: Path, keep: bool) -> None:
    from c360_assets.settings import load_settings
    from c360_assets.warehouse.embedded.process import stop

    stop(load_settings({"C360_HOME": str(home)}))
    if not keep:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
