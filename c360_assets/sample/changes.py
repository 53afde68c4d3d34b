"""The next day's extracts: full ones whole again with changes, incremental ones with new rows only."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from c360_assets.sample import truth
from c360_assets.sample.extract import Extract
from c360_assets.sample.generate import Summary, extracts, mark
from c360_assets.sample.presence import ROWS_PER_DAY
from c360_assets.sample.randomness import Ints, chance, stream
from c360_assets.sample.read_back import read
from c360_assets.sample.text import codes, join, number
from c360_assets.sample.world import DAY, FIRST_DAY, build

CHANGED, NEW, REMOVED = 0.5, 0.35, 0.15
"""How the fraction is spent: rows changed, rows new, rows removed."""

# What may change in a full extract: groups of columns that move together, and the time of change.
_CHANGES: dict[str, tuple[list[str], str | None]] = {
    "salesforce.account": (
        ["Type Lifecycle_Stage__c", "OwnerId Owner.Name", "NumberOfEmployees"],
        "LastModifiedDate",
    ),
    "salesforce.contact": (
        [
            "Title",
            "HasOptedOutOfEmail",
            "MailingStreet MailingCity MailingState MailingPostalCode MailingCountry",
        ],
        "LastModifiedDate",
    ),
    "salesforce.opportunity": (
        ["StageName Probability IsClosed IsWon CloseDate", "Amount"],
        "LastModifiedDate",
    ),
    "netsuite.customer": (["terms", "creditLimit", "balance", "isInactive"], "lastModifiedDate"),
    "stripe.customer": (["balance", "delinquent"], None),
    "stripe.subscription": (["status canceled_at", "quantity"], None),
    "zendesk.organization": (["tags", "organization_fields"], "updated_at"),
    "zendesk.user": (["time_zone", "active suspended"], "updated_at"),
    "hubspot.contact": (["jobtitle", "lifecyclestage", "hs_email_optout"], "lastmodifieddate"),
    "product_analytics.workspace": (["plan seats", "status"], "updated_at"),
    "product_analytics.user": (["role", "is_active"], "updated_at"),
    "product_analytics.feature_adoption": (["active_users adoption_rate"], "last_used_at"),
    "product_analytics.device": (["app_version"], "last_seen_at"),
    "shopify.customer": (["total_spent orders_count", "email_marketing_consent"], "updated_at"),
    "enrichment.company": (["employee_count", "annual_revenue"], "as_of_date"),
}
# Incremental extracts: id prefix or offset, and the columns of time, the happening first.
_HAPPENINGS: dict[str, tuple[str | int, str]] = {
    "netsuite.invoice": (5_000_000_000, "lastModifiedDate tranDate dueDate"),
    "stripe.invoice": ("in_", "created due_date"),
    "zendesk.ticket": (100_000, "created_at updated_at"),
    "zendesk.satisfaction_rating": (900_000, "created_at"),
    "hubspot.email_event": ("", "created"),
    "product_analytics.event": ("evt_", "occurred_at"),
    "shopify.order": (5_200_000_000_000, "created_at updated_at"),
    "consent.consent_event": ("cns_", "occurred_at recorded_at expires_at"),
}

# Times that lie ahead of what they belong to.
_AHEAD = ("dueDate", "due_date", "expires_at")


def generate_changes(fraction: float, seed: int, base: Path, out: Path) -> Summary:
    """Write to `out` what the systems deliver on the day after the one in `base`.

    `fraction` is the share of all records that are changed, new or removed; `out` may be `base`.

    Raises:
        ValueError: `fraction` is not between 0 and 1, or `base` holds no sample.
    """
    if not 0 < fraction <= 1:
        raise ValueError(f"fraction={fraction} must be above 0 and at most 1.")
    note_file = base / "sample.json"
    if not note_file.is_file():
        raise ValueError(f"{str(base)!r} holds no sample (sample.json is missing); write one with generate first.")
    note = json.loads(note_file.read_text(encoding="utf-8"))
    day, records = int(note["day"]) + 1, int(note["records"])
    now = FIRST_DAY + day * DAY
    fresh = build(int(records * fraction * NEW), seed, day)
    rng = stream(seed, "changes", str(day))
    facts = {"records": int(records * fraction * CHANGED)}
    rows, gone = {}, []
    for item in extracts(fresh):
        name = f"{item.system}.{item.object}"
        if name in _CHANGES:
            old = read(base / item.system / item.file, item)
            kept, removed = _next_full(old, name, fraction, now, rng)
            gone.append((item.system, item.object, removed))
            written = Extract(item.system, item.object, item.file, pa.concat_tables([kept, item.table]), item.json)
        else:
            old = read(_latest(base / item.system, item.file), item)
            count = max(int(facts["records"] * _SHARES[name]), 1)
            happened = _happen(old, name, count, day, now, rng)
            file = _dated(item.file, now)
            written = Extract(item.system, item.object, file, pa.concat_tables([happened, item.table]), item.json)
        written.write(out)
        rows[name] = written.table.num_rows
    known = pa.concat_tables([_without(pq.read_table(base / "truth.parquet"), gone), truth.table(fresh)])
    truth.write(known, out)
    mark(out, records, int(note["seed"]), day)
    kinds, ids = known["entity_kind"], known["entity_id"]
    people, firms = (len(pc.unique(ids.filter(pc.equal(kinds, kind)))) for kind in ("person", "organization"))
    return Summary(rows, people, firms, day)


# Share of the day's changes that are new happenings of one kind; the rest changes in full extracts.
_SHARES = {
    "netsuite.invoice": 0.05,
    "stripe.invoice": 0.05,
    "zendesk.ticket": 0.05,
    "zendesk.satisfaction_rating": 0.01,
    "hubspot.email_event": 0.12,
    "product_analytics.event": 0.2,
    "shopify.order": 0.04,
    "consent.consent_event": 0.06,
}


def _next_full(
    old: pa.Table, name: str, fraction: float, now: int, rng: np.random.Generator
) -> tuple[pa.Table, pa.Array]:
    """The full extract a day later, without its new rows; and the keys of the removed rows."""
    groups, time = _CHANGES[name]
    removed = chance(rng, old.num_rows, fraction * REMOVED)
    changed = chance(rng, old.num_rows, fraction * CHANGED) & ~removed
    group = rng.integers(0, len(groups), old.num_rows)
    # New words come from another row, so that each stays one the system would hold; figures move.
    donor = rng.integers(0, max(old.num_rows, 1), old.num_rows)
    for at, columns in enumerate(groups):
        source = np.where(changed & (group == at), donor, np.arange(old.num_rows))
        for column in columns.split():
            values = old[column].combine_chunks()
            if " " in columns or not _is_measure(values):
                old = _set(old, column, values.take(pa.array(source)))
            else:
                old = _set(old, column, pc.if_else(pa.array(source == donor), _moved(values, rng), values))
    if time:
        stamp = (
            pa.array(now - rng.integers(60, DAY, old.num_rows))
            .cast(pa.timestamp("s"))
            .cast(old.schema.field(time).type)
        )
        old = _set(old, time, pc.if_else(pa.array(changed), stamp, old[time].combine_chunks()))
    key = old.column(0).combine_chunks()
    return old.filter(pa.array(~removed)), key.filter(pa.array(removed)).cast(pa.string())


def _is_measure(values: pa.Array) -> bool:
    kind = values.type
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)


def _moved(values: pa.Array, rng: np.random.Generator) -> pa.Array:
    """Another figure near each; the other of two for booleans."""
    if pa.types.is_boolean(values.type):
        return pc.invert(values)
    if pa.types.is_integer(values.type):
        return pc.add(values, pa.array(rng.integers(1, 10, len(values))))
    return pc.round(pc.add(values, pa.array(rng.integers(1, 500, len(values)) / 100)), 2)


def _set(table: pa.Table, column: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(column), table.schema.field(column), values)


def _happen(old: pa.Table, name: str, count: int, day: int, now: int, rng: np.random.Generator) -> pa.Table:
    """New happenings of known customers: earlier rows of theirs with new ids, moved to this day."""
    prefix, times = _HAPPENINGS[name]
    new = old.take(pa.array(rng.integers(0, old.num_rows, count))).combine_chunks()
    numbers: Ints = np.arange(count) + day * ROWS_PER_DAY + ROWS_PER_DAY // 2
    key = new.schema.field(0)
    if isinstance(prefix, int):
        ids = pa.array(numbers + prefix).cast(key.type)
    elif prefix:
        ids = join(prefix, codes(numbers, len(new[0][0].as_py()) - len(prefix)))
    else:
        ids = codes(numbers, 16, "0123456789abcdef")
    new = new.set_column(0, key, ids)
    if name == "netsuite.invoice":
        new = _set(new, "tranId", join("INV", number(numbers, 9)))
    first, *others = times.split()
    shift = None
    for column in (first, *others):
        seconds, unit = _seconds(new, column)
        if shift is None:
            shift = now - rng.integers(1, DAY, count) - seconds
        moved = seconds + shift if column in _AHEAD else np.minimum(seconds + shift, now)
        absent = new[column].combine_chunks().is_null()
        stamps = _temporal(moved * unit, new.schema.field(column).type)
        new = _set(new, column, pc.if_else(absent, pa.scalar(None, stamps.type), stamps))
    return new


def _seconds(table: pa.Table, column: str) -> tuple[np.ndarray, int]:
    """A time column as epoch seconds, and the factor back to its integer unit."""
    values = table[column].combine_chunks()
    if pa.types.is_integer(values.type):
        unit = 1000 if column == "created" and table.schema.names[1] == "type" else 1
        return values.to_numpy() // unit, unit
    return values.cast(pa.timestamp("s")).cast(pa.int64()).fill_null(0).to_numpy(), 1


def _temporal(seconds: np.ndarray, type_: pa.DataType) -> pa.Array:
    if pa.types.is_integer(type_):
        return pa.array(seconds)
    if pa.types.is_date(type_):
        return pa.array((seconds // DAY).astype(np.int32)).cast(type_)
    return pa.array(seconds).cast(pa.timestamp("s")).cast(type_)


def _without(known: pa.Table, gone: list[tuple[str, str, pa.Array]]) -> pa.Table:
    """Truth without the removed records."""
    name = join(
        known["source_system"].combine_chunks(),
        ":",
        known["object"].combine_chunks(),
        ":",
        known["record_id"].combine_chunks(),
    )
    removed = pa.concat_arrays([join(f"{system}:{object_}:", keys) for system, object_, keys in gone])
    return known.filter(pc.invert(pc.is_in(name, value_set=removed)))


def _dated(file: str, now: int) -> str:
    stem, dot, suffix = file.partition(".")
    return f"{stem}_{datetime.fromtimestamp(now, UTC):%Y-%m-%d}{dot}{suffix}"


def _latest(folder: Path, file: str) -> Path:
    """The newest extract of an incremental object in the folder."""
    stem, _, suffix = file.partition(".")
    found = sorted(folder.glob(f"{stem}*.{suffix}"), key=lambda p: p.name.replace(".", "0"))
    if not found:
        raise FileNotFoundError(f"{folder / file} is missing; the base must be a whole sample.")
    return found[-1]
