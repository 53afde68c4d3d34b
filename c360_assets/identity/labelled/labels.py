"""What a steward says about drawn pairs. A label is no decision: it changes no match, now or later."""

from __future__ import annotations

from c360_assets.identity.labelled import tables
from c360_assets.identity.stewardship.decisions import now_text
from c360_assets.identity.stewardship.settings import VERDICTS, StewardError
from c360_assets.warehouse import Warehouse

# The latest draw, and the latest label of each of its pairs.
LATEST = f"""
with drawn as (
    select draw_id from {tables.DRAW} order by drawn_at desc, draw_id desc limit 1
),
said as (
    select entity_kind, record_key_l, record_key_r, label from {tables.LABEL}
    qualify row_number() over (
        partition by entity_kind, record_key_l, record_key_r order by labelled_at desc, labelled_by, label
    ) = 1
),
pair as (
    select pair.draw_id, pair.entity_kind, pair.record_key_l, pair.record_key_r, pair.stratum, pair.place, said.label
    from {tables.PAIR} as pair
    inner join drawn on pair.draw_id = drawn.draw_id
    left join said on pair.entity_kind = said.entity_kind
        and pair.record_key_l = said.record_key_l and pair.record_key_r = said.record_key_r
)"""


def next_pair(warehouse: Warehouse, skipped: set[tuple[str, str]] | None = None) -> tuple[str, str] | None:
    """The next drawn pair without a label, None where all have one."""
    skipped = skipped or set()
    rows = warehouse.rows(
        f"{LATEST} select record_key_l, record_key_r from pair where label is null "
        f"order by place, entity_kind limit {len(skipped) + 1}"
    )
    return next(((left, right) for left, right in rows if (left, right) not in skipped), None)


def progress(warehouse: Warehouse) -> tuple[int, int]:
    """(labelled, drawn) pairs of the latest draw."""
    labelled, drawn = warehouse.rows(f"{LATEST} select count(label), count(*) from pair")[0]
    return int(labelled), int(drawn)


def give_label(warehouse: Warehouse, left: str, right: str, label: str, by: str) -> None:
    """Record what a person says about a drawn pair: same, different or unsure. The latest word counts.

    Raises:
        StewardError: no such label, or the pair was not drawn.
    """
    if label not in VERDICTS:
        raise StewardError(f"{label!r} is no label; {', '.join(VERDICTS)} are.")
    left, right = sorted((left, right))
    kinds = warehouse.rows(
        f"{LATEST} select entity_kind from pair where record_key_l = %s and record_key_r = %s", [left, right]
    )
    if not kinds:
        raise StewardError(
            "This pair is not in the latest draw; only what was drawn at random may be labelled. "
            "`c360 review decide` decides about any pair."
        )
    warehouse.execute(
        f"insert into {tables.LABEL} (entity_kind, record_key_l, record_key_r, label, labelled_by, labelled_at) "
        "select %s, %s, %s, %s, %s, %s::timestamp_ntz",
        [kinds[0][0], left, right, label, by, now_text()],
    )
