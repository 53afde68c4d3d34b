"""What a destination must be told: its feed against what it is known to hold, worked out in the warehouse."""

from __future__ import annotations

import re

from c360_assets.activation.consent import allowed_sql, refused_sql
from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.tables import BATCH, PARKED, PLAN_ROW, RECEIPT, SCHEMA, STATE

# Room is made before it is taken: an address that is free again may be another customer's now.
STEPS = {"suppress": 1, "delete": 2, "merge": 3, "create": 4, "update": 4}
OPERATIONS = ("create", "update", "merge", "delete", "suppress")


def diff_table(destination: str) -> str:
    """The table that holds the difference while it is looked at."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", destination):
        raise ValueError(f"{destination!r} is not a destination's name.")
    return f"{SCHEMA}.{destination.upper()}_DIFF"


def field_hash(column: str) -> str:
    """Stands for a value: it shows that a field changed without keeping what it was."""
    return f"iff({column} is null, '-', left(md5(to_varchar({column})), 12))"


def diff_sql(destination: DestinationDeclaration, at: str) -> str:
    """One row per profile that the destination must be told about, or of which it has yet to answer.

    `at` is the time at which consent is looked at. A profile that was merged leaves its record to its heir, where the
    heir's is there already; otherwise the record goes, and the heir gets one of its own. A row that the destination
    refused is left out until it, or the mapping, changes.
    """
    d = destination
    name = d.destination
    hashes = ", ".join(f"'{field}', {field_hash(f'feed.{field}')}" for field in d.written)
    # Where it is not known what the destination holds, every field is told.
    sure = "(doubt.profile_id is null or doubt.payload_hash = feed.payload_hash)"
    changed = ",\n    ".join(
        f"iff({sure} and held.field_hashes:{field}::varchar = {field_hash(f'feed.{field}')}, null, '{field}')"
        for field in d.written
    )
    # The payload's hash is over the feed's whole row: what changed may be a field that is not told.
    something = "operation <> 'update' or previous_key is not null or array_size(changed_fields) > 0"
    return f"""
create or replace temporary table {diff_table(name)} as
with
held as (
  select profile_id, destination_key, payload_hash, field_hashes, remote_id, batch_id
  from {STATE}
  where destination = '{name}'
),

-- Sent, and no answer: the destination may hold these rows or not.
doubt as ({_doubt(d)}),

known as (
  select profile_id from held
  union distinct
  select profile_id from doubt
),

feed as (
  select feed.*
  from {d.feed} as feed
  {f"inner join ({allowed_sql(d, at)}) as consent on consent.profile_id = feed.profile_id" if d.channel else ""}
),

parked as (
  select profile_id, payload_hash, destination_key_hash from {PARKED}
  where destination = '{name}' and mapping_version = '{d.mapping_version}'
),

moved as (
  select
    coalesce(feed.profile_id, known.profile_id) as profile_id,
    feed.profile_id is not null as is_wanted,
    known.profile_id is not null as is_known
  from feed
  full outer join known on known.profile_id = feed.profile_id
  left join held on held.profile_id = known.profile_id
  left join doubt on doubt.profile_id = known.profile_id
  left join parked on parked.profile_id = feed.profile_id
    and parked.payload_hash = feed.payload_hash and parked.destination_key_hash = md5(feed.destination_key)
  where parked.profile_id is null and (
    held.payload_hash is distinct from feed.payload_hash
    or held.destination_key is distinct from feed.destination_key
    or doubt.profile_id is not null
  )
),

heir as (
  select moved.profile_id, registry.merged_into as heir_profile_id
  from moved
  inner join MATCH_CLUSTER.PROFILE_REGISTRY as registry on registry.profile_id = moved.profile_id
  where registry.status = 'merged' and not moved.is_wanted
),

-- Few rows move: the wide ones are looked up for these alone.
heir_feed as (
  select profile_id, destination_key from feed where profile_id in (select heir_profile_id from heir)
),

heir_held as (
  select profile_id, remote_id from held where profile_id in (select heir_profile_id from heir)
),

moved_feed as (select * from feed where profile_id in (select profile_id from moved)),

moved_held as (select * from held where profile_id in (select profile_id from moved)),

refused as ({refused_sql(d, at) if d.channel else "select null::varchar as profile_id where false"}),

-- What the destination was told last of those whom it does not hold: who comes back with the same words is news.
told_before as (
  select profile_id, max_by(batch_id, recorded_at) as batch_id
  from {RECEIPT}
  where destination = '{name}' and status = 'delivered'
    and profile_id in (select profile_id from moved) and profile_id not in (select profile_id from held)
  group by profile_id
),

held_back as (select profile_id, max(reason) as reason from {SCHEMA}.SUPPRESSED
  where destination = '{name}' group by profile_id),

told as (select
  moved.profile_id,
  case
    when moved.is_wanted then iff(held.profile_id is null, 'create', 'update')
    when refused.profile_id is not null then 'suppress'
    when heir_held.profile_id is not null and heir_feed.profile_id is not null then 'merge'
    else 'delete'
  end as operation,
  coalesce(feed.destination_key, held.destination_key, doubt.destination_key) as destination_key,
  -- The key to look for where it has changed, such as a new e-mail address.
  iff(held.destination_key <> feed.destination_key, held.destination_key, null) as previous_key,
  heir.heir_profile_id,
  heir_feed.destination_key as heir_key,
  coalesce(held.remote_id, doubt.remote_id) as remote_id,
  heir_held.remote_id as heir_remote_id,
  feed.payload_hash,
  iff(moved.is_wanted, array_construct_compact(
    {changed}
  ), null) as changed_fields,
  iff(moved.is_wanted, object_construct({hashes}), null) as field_hashes,
  feed.consent_basis,
  feed.profile_row_hash,
  case
    when moved.is_wanted then null
    when refused.profile_id is not null then coalesce(held_back.reason, 'consent_refused')
    when heir.heir_profile_id is not null then 'merged'
    else coalesce(held_back.reason, 'left_the_feed')
  end as reason,
  doubt.batch_id as doubt_batch_id,
  doubt.content as doubt_content,
  doubt.batch_rows as doubt_rows,
  left(md5(
    '{name}|' || moved.profile_id || '|' || coalesce(feed.payload_hash, '') || '|'
      || coalesce(held.batch_id, told_before.batch_id, '')
  ), 20) as event_id
from moved
left join moved_feed as feed on feed.profile_id = moved.profile_id
left join moved_held as held on held.profile_id = moved.profile_id
left join doubt on doubt.profile_id = moved.profile_id
left join heir on heir.profile_id = moved.profile_id
left join heir_held on heir_held.profile_id = heir.heir_profile_id
left join heir_feed on heir_feed.profile_id = heir.heir_profile_id
left join told_before on told_before.profile_id = moved.profile_id
left join held_back on held_back.profile_id = coalesce(heir.heir_profile_id, moved.profile_id)
left join refused on refused.profile_id = coalesce(heir.heir_profile_id, moved.profile_id))

select * from told
where {f"doubt_batch_id is not null or {something}" if d.writes_to else "true"}
"""


def content_sql(alias: str) -> str:
    """What makes two plan rows the same words to the destination."""
    parts = ("operation", "destination_key", "payload_hash", "heir_profile_id")
    return " || '|' || ".join(f"coalesce({alias}.{part}, '')" for part in parts)


def _doubt(destination: DestinationDeclaration) -> str:
    if destination.connector == "files":
        # A file without receipts is taken away before anything is planned: there is no doubt about files.
        return (
            "select null::varchar as profile_id, null::varchar as destination_key, null::varchar as remote_id,"
            " null::varchar as payload_hash, null::varchar as batch_id, null::varchar as content, 0 as batch_rows"
            " where false"
        )
    return f"""
  select
    told.profile_id, told.destination_key, told.remote_id, told.payload_hash, told.batch_id,
    {content_sql("told")} as content,
    batch.batch_rows
  from {PLAN_ROW} as told
  inner join {BATCH} as batch on batch.batch_id = told.batch_id and batch.destination = told.destination
    and batch.plan_id = told.plan_id
  left join {RECEIPT} as receipt on receipt.destination = told.destination and receipt.profile_id = told.profile_id
    and receipt.recorded_at >= batch.sent_at and receipt.status = 'delivered'
  where batch.status = 'sent' and batch.destination = '{destination.destination}' and receipt.profile_id is null
  qualify row_number() over (partition by told.profile_id order by batch.sent_at desc, told.batch_id asc) = 1
"""
