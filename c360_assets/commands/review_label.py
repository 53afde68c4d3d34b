"""`c360 review label`: what a steward says about the pairs of an evaluation."""

from __future__ import annotations

from c360_assets.commands import review_show
from c360_assets.commands.review import ask, session, steward
from c360_assets.identity.labelled import labels, tables
from c360_assets.identity.stewardship import queue
from c360_assets.identity.stewardship.settings import StewardError
from c360_assets.warehouse import Warehouse

NOTHING_DRAWN = "Nothing was drawn yet: `c360 evaluate --draw 200 --seed 1` draws pairs to label."


def run_label(left: str | None, right: str | None, verdict: str | None, by: str | None) -> None:
    """Record one label, or ask for one after the other."""
    given = [each for each in (left, right, verdict) if each is not None]
    if len(given) not in (0, 3):
        raise StewardError("A label is RECORD_L RECORD_R same|different|unsure; give all three or none.")
    with session() as warehouse:
        tables.create_tables(warehouse)
        if left and right and verdict:
            labels.give_label(warehouse, left, right, verdict, steward(by))
            _told(warehouse)
        else:
            _ask_all(warehouse, by)


def _ask_all(warehouse: Warehouse, by: str | None) -> None:
    skipped: set[tuple[str, str]] = set()
    if not labels.progress(warehouse)[1]:
        raise StewardError(NOTHING_DRAWN)
    while keys := labels.next_pair(warehouse, skipped):
        # Blind: who sees the score or the profiles labels those.
        review_show.pair(queue.read_pair(warehouse, *keys), blind=True)
        answer = ask()
        if answer == "quit":
            break
        if answer == "skip":
            skipped.add(keys)
        else:
            labels.give_label(warehouse, *keys, answer, steward(by))
    _told(warehouse)


def _told(warehouse: Warehouse) -> None:
    labelled, drawn = labels.progress(warehouse)
    review_show.line(f"{labelled:,} of {drawn:,} drawn pairs have a label; `c360 evaluate` estimates from them.")
