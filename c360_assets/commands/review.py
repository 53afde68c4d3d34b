"""What `c360 review …` does; rows are shown by review_show."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import typer

from c360_assets.commands import review_show
from c360_assets.identity.stewardship import decisions, profiles, queue
from c360_assets.identity.stewardship.decisions import Decided
from c360_assets.identity.tables import create_tables
from c360_assets.warehouse import Warehouse

TAKES_EFFECT = "It takes effect with the next run (`c360 run`)."
_KEYS = {"s": "same", "d": "different", "u": "unsure", "k": "skip", "q": "quit"}


def steward(by: str | None) -> str:
    """Who decides."""
    return by or os.environ.get("C360_STEWARD") or getpass.getuser()


@contextmanager
def session() -> Iterator[Warehouse]:
    """A session on tables that exist, also before the first run."""
    with Warehouse(query_tag="c360 review") as warehouse:
        create_tables(warehouse)
        yield warehouse


def say(value: Any) -> None:
    """Print JSON."""
    print(json.dumps(value, default=str, ensure_ascii=False))


def run_list(limit: int, kind: str | None, as_json: bool) -> None:
    """The open queue."""
    with session() as warehouse:
        pairs = queue.open_pairs(warehouse, limit, kind)
    say(pairs) if as_json else review_show.pairs(pairs)


def run_show(left: str, right: str, as_json: bool) -> None:
    """Two records."""
    with session() as warehouse:
        pair = queue.read_pair(warehouse, left, right)
    say(review_show.plain(pair)) if as_json else review_show.pair(pair)


def run_next(kind: str | None, by: str | None, as_json: bool, interactive: bool) -> None:
    """The next pair; in a terminal one after the other until the steward stops."""
    with session() as warehouse:
        skipped: set[tuple[str, str]] = set()
        while True:
            found = queue.open_pairs(warehouse, len(skipped) + 1, kind)
            keys = next((k for p in found if (k := (p["record_key_l"], p["record_key_r"])) not in skipped), None)
            if keys is None:
                say(None) if as_json else review_show.line("Nothing waits for a decision.")
                return
            pair = queue.read_pair(warehouse, *keys)
            say(review_show.plain(pair)) if as_json else review_show.pair(pair)
            if not interactive:
                return
            answer = ask()
            if answer == "quit":
                return
            if answer == "skip":
                skipped.add(keys)
                continue
            reason = typer.prompt("Why (may be empty)", default="", show_default=False) or None
            _tell([decisions.decide(warehouse, *keys, answer, steward(by), reason)], False)
            if answer == "unsure":
                skipped.add(keys)


def ask() -> str:
    """A verdict, `skip` or `quit`."""
    while True:
        answer = typer.prompt("[s]ame  [d]ifferent  [u]nsure  s[k]ip  [q]uit").strip().lower()
        if answer in _KEYS.values():
            return str(answer)
        if answer in _KEYS:
            return _KEYS[answer]


def run_decide(left: str, right: str, verdict: str, by: str | None, reason: str | None, as_json: bool) -> None:
    """One decision."""
    with session() as warehouse:
        _tell([decisions.decide(warehouse, left, right, verdict, steward(by), reason)], as_json)


def run_merge(profile: str, other: str, by: str | None, reason: str | None, as_json: bool) -> None:
    """Two profiles."""
    with session() as warehouse:
        _tell([profiles.merge_profiles(warehouse, profile, other, steward(by), reason)], as_json)


def run_split(profile: str, records: tuple[str, ...], by: str | None, reason: str | None, as_json: bool) -> None:
    """Records out of a profile."""
    with session() as warehouse:
        _tell(profiles.split_profile(warehouse, profile, records, steward(by), reason), as_json)


def run_decisions(everything: bool, as_json: bool) -> None:
    """What was decided."""
    with session() as warehouse:
        rows = decisions.read_decisions(warehouse, everything)
    say(rows) if as_json else review_show.decisions(rows)


def run_approve(decision: str, by: str | None) -> None:
    """The second person's word."""
    with session() as warehouse:
        decisions.approve(warehouse, decision, steward(by))
    review_show.line(f"Decision {decision} is approved. {TAKES_EFFECT}")


def run_revoke(decision: str, by: str | None, reason: str | None) -> None:
    """A decision taken back."""
    with session() as warehouse:
        decisions.revoke(warehouse, decision, steward(by), reason)
    review_show.line(f"Decision {decision} is revoked. {TAKES_EFFECT}")


def run_conflicts(as_json: bool) -> None:
    """What cannot all hold."""
    with session() as warehouse:
        told, unheeded = queue.conflicts(warehouse), queue.unheeded(warehouse)
    say({"conflicts": told, "kept_apart": unheeded}) if as_json else review_show.conflicts(told, unheeded)


def _tell(made: Sequence[Decided], as_json: bool) -> None:
    if as_json:
        say([asdict(each) for each in made])
        return
    for each in made:
        review_show.line(f"{each.record_key_l} and {each.record_key_r}: {each.verdict} ({each.decision_id}).")
        if not each.is_new:
            review_show.line("This was decided before and is not recorded twice.")
        elif each.verdict == "unsure":
            review_show.line("It changes no match; the pair goes to the end of the queue.")
        elif each.needs_approval:
            review_show.line(f"A second person must approve it: `c360 review approve {each.decision_id}`.")
        else:
            review_show.line(TAKES_EFFECT)
        for conflict in each.conflicts:
            review_show.line(
                f"It contradicts other decisions ({', '.join(conflict.decision_ids)}). Until one is revoked "
                "(`c360 review revoke ID`), `different` holds and none of the others merges."
            )
