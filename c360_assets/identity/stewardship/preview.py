"""What a decision, a threshold or a rule would merge and split, before it is applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast, get_args

from c360_assets.identity.pipeline import run_matching
from c360_assets.identity.settings import (
    FIXED,
    Decision,
    MatchSettings,
    MatchSettingsError,
    Thresholds,
    load_match_settings,
)
from c360_assets.identity.stewardship.decisions import kind_of
from c360_assets.identity.stewardship.sandbox import Sandbox, sandbox
from c360_assets.identity.stewardship.settings import StewardError
from c360_assets.identity.tables import create_tables
from c360_assets.run import Run
from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse

BEFORE = "MATCH_CLUSTER_PREVIEW.CLUSTER_BEFORE"
LISTED = 50
"""Profiles that are named; all are counted."""


@dataclass(frozen=True)
class Change:
    """What is tried. Without anything: the decisions that wait for the next run."""

    decisions: tuple[tuple[str, str, str], ...] = ()
    """(record key, record key, same or different)."""
    thresholds: Mapping[str, float] = field(default_factory=dict)
    """Entity kind to match threshold."""
    rules: Mapping[str, str] = field(default_factory=dict)
    """Rule name to match, review or no_match."""

    def settings(self, base: MatchSettings) -> MatchSettings:
        """The match settings with the change.

        Raises:
            MatchSettingsError: a threshold or a rule cannot be.
        """
        for kind, match in self.thresholds.items():
            if kind not in ("person", "organization"):
                raise MatchSettingsError(f"{kind!r} is no entity kind; person and organization are.")
            review = min((base.given_thresholds(kind) or FIXED).review, match)
            thresholds = Thresholds(match, review)
            base = replace(base, person=thresholds) if kind == "person" else replace(base, organization=thresholds)
        rules = dict(base.rules)
        for rule, decision in self.rules.items():
            if rule not in base.rules:
                raise MatchSettingsError(f"No rule {rule!r}; there are {', '.join(sorted(base.rules))}.")
            if decision not in get_args(Decision):
                raise MatchSettingsError(f"Rule {rule} says {decision!r}; match, review or no_match is needed.")
            rules[rule] = cast(Decision, decision)
        return replace(base, rules=rules) if self.rules else base


@dataclass(frozen=True)
class Preview:
    """What would change. The counts are of all; the lists name at most LISTED."""

    merged: int
    split: int
    founded: int
    records_moved: int
    conflicts: int
    merges: list[dict[str, Any]]
    """profile_id, entity_kind, into, records."""
    splits: list[dict[str, Any]]
    """profile_id, entity_kind, gives_to, records, is_new."""
    feeds: dict[str, dict[str, int]]
    """Feed to rows_removed (their profile's id is merged away) and rows_touched (its records are others)."""


def preview(
    change: Change,
    feeds: Sequence[str] = (),
    settings: Settings | None = None,
    match_settings: MatchSettings | None = None,
) -> Preview:
    """Run the stage on a copy, first as it is and then with the change, and compare. Nothing of it stays.

    `feeds` are SCHEMA.TABLE, each with a profile_id. A threshold or a rule weighs all pairs again and so takes as
    long as a full run of the stage; a decision takes what its records take.

    Raises:
        RunInProgressError: a run is writing.
        StewardError, MatchSettingsError: the change cannot be.
    """
    base = match_settings or load_match_settings()
    changed = change.settings(base)
    with Warehouse(settings, "c360 preview") as real:
        create_tables(real)
        kinds = [kind_of(real, left, right) for left, right, _ in change.decisions]
    with sandbox(settings) as session:
        run = Run("preview", datetime.now(UTC).replace(tzinfo=None))
        if change != Change():
            # What the next run would do anyway is no effect of the change.
            run_matching(session, run, settings=base)
        session.execute(f"create transient table {BEFORE} as select * from MATCH_CLUSTER.CLUSTER")
        for (left, right, verdict), kind in zip(change.decisions, kinds, strict=True):
            _pretend(session, kind, left, right, verdict, run)
        run_matching(session, run, settings=changed)
        return _compare(session, feeds)


def _pretend(session: Sandbox, kind: str, left: str, right: str, verdict: str, run: Run) -> None:
    if verdict not in ("same", "different") or left == right:
        raise StewardError("A preview is of `same` or `different` about two records.")
    session.execute(
        "insert into MATCH_CLUSTER.STEWARD_DECISION (decision_id, entity_kind, record_key_l, record_key_r, verdict, "
        "needs_approval, decided_by, decided_at) select %s, %s, %s, %s, %s, false, 'preview', %s::timestamp_ntz",
        [f"preview_{left}|{right}", kind, *sorted((left, right)), verdict, run.started_at_text],
    )


_FLOW = f"""
with flow as (
    select before.entity_kind, before.profile_id as old_id, after.profile_id as new_id, count(*) as records
    from {BEFORE} as before
    inner join MATCH_CLUSTER.CLUSTER as after on before.record_key = after.record_key
    where before.profile_id <> after.profile_id
    group by before.entity_kind, before.profile_id, after.profile_id
),
told as (
    select flow.*, equal_null(registry.merged_into, flow.new_id) as is_merged, known.profile_id is null as is_new
    from flow
    inner join MATCH_CLUSTER.PROFILE_REGISTRY as registry on flow.old_id = registry.profile_id
    left join (select distinct profile_id from {BEFORE}) as known on flow.new_id = known.profile_id
)"""


def _compare(session: Sandbox, feeds: Sequence[str]) -> Preview:
    counts = session.rows(f"""{_FLOW}
select count(distinct iff(is_merged, old_id, null)), count(distinct iff(is_merged, null, old_id)),
    count(distinct iff(is_new, new_id, null)), coalesce(sum(records), 0),
    (select count(*) from MATCH_CLUSTER.DECISION_CONFLICT)
from told
""")[0]
    names = ("profile_id", "entity_kind", "other", "records", "is_new", "is_merged")
    rows = [
        dict(zip(names, row, strict=True))
        for row in session.rows(f"""{_FLOW}
select old_id, entity_kind, new_id, records, is_new, is_merged from told
qualify row_number() over (partition by is_merged order by records desc, old_id, new_id) <= {LISTED}
order by records desc, old_id, new_id
""")
    ]
    merges = [
        {"profile_id": r["profile_id"], "entity_kind": r["entity_kind"], "into": r["other"], "records": r["records"]}
        for r in rows
        if r["is_merged"]
    ]
    splits = [
        {"profile_id": r["profile_id"], "entity_kind": r["entity_kind"], "gives_to": r["other"],
         "records": r["records"], "is_new": r["is_new"]}
        for r in rows
        if not r["is_merged"]
    ]  # fmt: skip
    merged, split, founded, moved, conflicts = (int(count) for count in counts)
    return Preview(merged, split, founded, moved, conflicts, merges, splits, _feeds(session, feeds))


def _feeds(session: Sandbox, feeds: Sequence[str]) -> dict[str, dict[str, int]]:
    known = {f"{s}.{t}" for s, t in session.rows("select table_schema, table_name from information_schema.tables")}
    found = {}
    for feed in sorted(set(feeds) & known):
        removed, touched = session.rows(f"""{_FLOW},
concerned as (select old_id as profile_id from told union select new_id from told),
held as (select distinct profile_id from MATCH_CLUSTER.CLUSTER)
select count_if(held.profile_id is null), count_if(held.profile_id is not null)
from {feed} as feed
inner join concerned on feed.profile_id = concerned.profile_id
left join held on feed.profile_id = held.profile_id
""")[0]
        found[feed] = {"rows_removed": int(removed), "rows_touched": int(touched)}
    return found
