"""The short way for a no: from the consent extract in the landing zone to every destination, without a full run.

Only refusals take it. Whoever agrees waits for the pipeline; whoever refuses is heeded at once, by every batch that is
sent, and until the pipeline itself has taken the refusal in.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from c360_assets.activation.tables import REVOCATION, REVOCATION_FILE, SCHEMA, ensure_tables
from c360_assets.sources.declaration import SourceObject
from c360_assets.sources.errors import RejectedFile
from c360_assets.sources.landing import LandedFile, landed_files
from c360_assets.sources.staging import StagedFile, stage_file
from c360_assets.warehouse import Warehouse

NOW = "current_timestamp()::timestamp_ntz"
_NEWS = f"{SCHEMA}.CONSENT_NEWS"
_COLUMNS = ("EVENT_ID", "SUBJECT_TYPE", "SUBJECT_VALUE", "PURPOSE", "CHANNEL", "STATUS", "REGION", "BRAND",
            "OCCURRED_AT")  # fmt: skip


@dataclass(frozen=True)
class Noticed:
    """What was new in the landing zone. `unreadable`: lines of which nobody knows what they refuse."""

    files: int = 0
    rows: int = 0
    refusals: int = 0
    profiles: int = 0
    unreadable: int = 0


def notice(warehouse: Warehouse, landing: Path, declared: SourceObject) -> Noticed:
    """Read consent files that were not read before, and keep whom they say no for.

    Raises:
        SourceError: the disk is full.
    """
    ensure_tables(warehouse)
    seen = {(name, sha) for name, sha in warehouse.rows(f"select file_name, file_sha256 from {REVOCATION_FILE}")}
    new = [file for file in landed_files(landing, declared) if file.sha256 and (file.name, file.sha256) not in seen]
    if not new:
        return Noticed()
    with tempfile.TemporaryDirectory(prefix="c360-consent-") as folder:
        staged = list(_staged(new, declared, Path(folder)))
        _load(warehouse, [each for _, each in staged])
    refusals, profiles = _keep(warehouse, declared)
    for file, each in staged:
        warehouse.execute(
            f"insert into {REVOCATION_FILE} (file_name, file_sha256, read_rows, refusals, unreadable, noticed_at)"
            f" select %s, %s, %s, %s, %s, {NOW}",
            [file.name, file.sha256, each.rows, refusals, each.bad],
        )
    rows, unreadable = sum(each.rows for _, each in staged), sum(each.bad for _, each in staged)
    return Noticed(len(staged), rows, refusals, profiles, unreadable)


def settle(warehouse: Warehouse) -> None:
    """Let go of refusals that the golden consent has taken in: from then on it speaks for itself."""
    warehouse.execute(f"""
update {REVOCATION}
set settled_at = {NOW}
where settled_at is null and fact_key in (
  select event.fact_key
  from NORMALIZED_RECORD.CONSENT_EVENT as event
  inner join LINEAGE.STAGE_PROGRESS as progress
    on progress.stage = 'golden_profile' and event.changed_at <= progress.processed_to
)
""")


def settle_where_it_can(warehouse: Warehouse) -> None:
    """`settle`, once the pipeline has run at all and a refusal may have been read past it."""
    schema, table = REVOCATION.split(".")
    known = warehouse.scalar(
        "select count(*) from information_schema.tables where table_schema = 'NORMALIZED_RECORD'"
        f" and table_name = 'CONSENT_EVENT' or table_schema = '{schema}' and table_name = '{table}'"
    )
    if known == 2 and warehouse.scalar(f"select count(*) from {REVOCATION} where settled_at is null"):
        settle(warehouse)


def _staged(
    files: Iterable[LandedFile], declared: SourceObject, folder: Path
) -> Iterable[tuple[LandedFile, StagedFile]]:
    for index, file in enumerate(files):
        try:
            yield file, stage_file(file, index, declared, folder)
        except RejectedFile:
            # The full run rejects it with its reason; a file that is still being written is read when it is whole.
            continue


def _load(warehouse: Warehouse, staged: list[StagedFile]) -> None:
    names = sorted({*_COLUMNS, *(name for each in staged for name in each.columns)})
    columns = ", ".join(f"{name} varchar" for name in names)
    warehouse.execute(
        f"create or replace table {_NEWS} ({columns}, _file number(38, 0), _line number(38, 0), _problem varchar,"
        " _problem_column varchar, _raw varchar)"
    )
    pieces = [piece for each in staged for piece in each.pieces]
    if pieces:
        warehouse.copy_parquet(pieces, _NEWS)


def _keep(warehouse: Warehouse, declared: SourceObject) -> tuple[int, int]:
    """Write the refusals with the profiles that they speak for; returns how many of each are new."""
    before = warehouse.rows(f"select count(distinct fact_key), count(distinct profile_id) from {REVOCATION}")[0]
    warehouse.execute(_refusals_sql(f"{declared.system}:{declared.name}:"))
    after = warehouse.rows(f"select count(distinct fact_key), count(distinct profile_id) from {REVOCATION}")[0]
    warehouse.execute(f"drop table if exists {_NEWS}")
    return int(after[0] - before[0]), int(after[1] - before[1])


def _refusals_sql(prefix: str) -> str:
    """A word of a subject counts until its next word; what is neither yes nor no is taken for a no.

    A refusal speaks for the record that it names and for every record that has the address or number, shared or not.
    """
    return f"""
insert into {REVOCATION} (fact_key, profile_id, purpose, channel, state, occurred_at, noticed_at)
with
told as (
  select
    '{prefix}' || trim(event_id) as fact_key,
    iff(lower(trim(subject_type)) in ('user', 'user_id'), 'user_id', lower(trim(subject_type))) as subject_type,
    trim(subject_value) as subject_value,
    lower(trim(purpose)) as purpose,
    lower(trim(channel)) as channel,
    lower(trim(status)) as status,
    upper(coalesce(trim(region), 'ALL')) as region,
    coalesce(trim(brand), '') as brand,
    try_to_timestamp_ntz(occurred_at) as occurred_at
  from {_NEWS}
  where _problem is null and event_id is not null and subject_value is not null
),

latest as (
  select * from told
  qualify row_number() over (
    partition by subject_type, lower(subject_value), purpose, channel, region, brand
    order by occurred_at desc nulls first, iff(status = 'granted', 1, 0), fact_key
  ) = 1
),

refusal as (
  select * from latest
  where status <> 'granted' and fact_key not in (select fact_key from {REVOCATION})
),

subject as (
  select refusal.*,
    case subject_type
      when 'email' then coalesce(NORMALIZED_RECORD.PARSE_EMAIL(subject_value):email::varchar, lower(subject_value))
      when 'phone' then NORMALIZED_RECORD.PARSE_PHONE(subject_value, null):e164::varchar
      when 'user_id' then 'product_analytics:user:' || subject_value
      else subject_value
    end as canonical,
    regexp_replace(subject_value, '[^0-9]', '') as digits
  from refusal
),

spoken_for as (
  select subject.fact_key, cluster.profile_id
  from subject
  inner join NORMALIZED_RECORD.IDENTIFIER as identifier
    on identifier.entity_kind = 'person' and identifier.identifier_type = subject.subject_type
    and identifier.value_canonical = subject.canonical
  inner join MATCH_CLUSTER.CLUSTER as cluster on cluster.record_key = identifier.record_key
  union distinct
  select subject.fact_key, cluster.profile_id
  from subject
  inner join NORMALIZED_RECORD.IDENTIFIER as identifier
    on subject.subject_type = 'phone' and identifier.identifier_type = 'phone' and identifier.entity_kind = 'person'
    and subject.digits <> '' and regexp_replace(identifier.value_canonical, '[^0-9]', '') = subject.digits
  inner join MATCH_CLUSTER.CLUSTER as cluster on cluster.record_key = identifier.record_key
  union distinct
  select subject.fact_key, cluster.profile_id
  from subject
  inner join MATCH_CLUSTER.CLUSTER as cluster
    on subject.subject_type = 'user_id' and cluster.record_key = subject.canonical
),

-- Words that came late: the subject has agreed again since, and the pipeline knows.
agreed_since as (
  select subject.fact_key
  from subject
  inner join NORMALIZED_RECORD.CONSENT_EVENT as event
    on event.source_system = 'consent' and event.subject_type = subject.subject_type
    and event.subject_value_canonical = subject.canonical and event.purpose = subject.purpose
    and event.channel = subject.channel and coalesce(event.region, 'ALL') = subject.region
    and coalesce(event.brand, '') = subject.brand
  where event.status = 'granted' and event.occurred_at > subject.occurred_at
)

select subject.fact_key, spoken_for.profile_id, subject.purpose, subject.channel, subject.status,
  subject.occurred_at, {NOW}
from subject
inner join spoken_for on spoken_for.fact_key = subject.fact_key
where subject.fact_key not in (select fact_key from agreed_since)
  and subject.fact_key not in (
    select event.fact_key
    from NORMALIZED_RECORD.CONSENT_EVENT as event
    inner join LINEAGE.STAGE_PROGRESS as progress
      on progress.stage = 'golden_profile' and event.changed_at <= progress.processed_to
  )
"""
