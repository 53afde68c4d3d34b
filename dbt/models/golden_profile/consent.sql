-- One row per profile, purpose, channel and region: the consent in force, the strictest where facts conflict.
{{ config(materialized='table') }}
-- Indents and names that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT09,LT14,RF01
with
consent_event as (select * from {{ ref('consent_event') }}),

cluster as (select * from {{ source('match_cluster', 'cluster') }} where entity_kind = 'person'),

identifier as (select * from {{ ref('identifier') }} where entity_kind = 'person'),

-- A fact speaks for the record it hangs on and for every record that has the address or number it names. Who answers
-- for a shared mailbox can refuse for all who use it, and can agree for none of them.
spoken_for as (
  select consent_event.fact_key, cluster.profile_id
  from consent_event
  inner join cluster on consent_event.record_key = cluster.record_key
  union all
  select consent_event.fact_key, cluster.profile_id
  from consent_event
  inner join identifier
    on consent_event.subject_type = identifier.identifier_type
    and consent_event.subject_value_canonical = identifier.value_canonical
  inner join cluster on identifier.record_key = cluster.record_key
  -- Digits that are no valid number may be anybody's: another town has the same without its area code.
  where consent_event.status <> 'granted' or (identifier.is_valid and not identifier.is_shared)
),

subject as (select distinct fact_key, profile_id from spoken_for),

fact as (
  select
    subject.profile_id,
    consent_event.purpose,
    consent_event.channel,
    coalesce(consent_event.region, 'ALL') as region,
    consent_event.source_system,
    consent_event.legal_basis,
    consent_event.occurred_at,
    consent_event.expires_at,
    {{ golden_hash(['consent_event.source_system', 'consent_event.subject_type',
      'consent_event.subject_value_canonical', 'consent_event.brand']) }} as voice,
    case
      when consent_event.status = 'granted' and consent_event.expires_at <= {{ run_started_at() }} then 'expired'
      when consent_event.status in ('granted', 'withdrawn', 'denied') then consent_event.status
      else 'unknown'
    end as state,
    consent_event.fact_key
  from subject
  inner join consent_event on subject.fact_key = consent_event.fact_key
),

graded as (
  select
    *,
    {{ golden_strictness('state') }} as strictness
  from fact
),

-- A voice is one subject in one source for one brand: there, the latest word counts.
latest as (
  select
    *,
    lag(state) over (
      partition by profile_id, purpose, channel, region, voice order by occurred_at, strictness, fact_key
    ) as earlier_state
  from graded
  qualify row_number() over (
    partition by profile_id, purpose, channel, region, voice
    order by occurred_at desc, strictness desc, fact_key desc
  ) = 1
),

-- Between voices the strictest counts, however old.
strictest as (
  select
    *,
    min(strictness) over (partition by profile_id, purpose, channel, region) = 0
    and max(strictness) over (partition by profile_id, purpose, channel, region) >= 3 as is_conflict,
    max(iff(
      earlier_state <> state and occurred_at >= dateadd(day, -30, {{ golden_as_of() }}::timestamp_ntz), 1, 0
    )) over (partition by profile_id, purpose, channel, region) = 1 as is_recently_changed
  from latest
  qualify row_number() over (
    partition by profile_id, purpose, channel, region
    order by strictness desc, occurred_at desc, fact_key desc
  ) = 1
)

select
  strictest.profile_id,
  strictest.purpose,
  strictest.channel,
  strictest.region,
  strictest.state,
  strictest.legal_basis,
  strictest.occurred_at as since,
  strictest.expires_at,
  strictest.source_system as source,
  strictest.fact_key,
  strictest.is_conflict,
  strictest.is_recently_changed,
{%- set before = golden_previous('consent') %}
{%- if before and not flags.FULL_REFRESH %}
  iff(
    before.state = strictest.state and before.fact_key = strictest.fact_key
    and before.is_conflict = strictest.is_conflict and before.is_recently_changed = strictest.is_recently_changed,
    before.changed_at, {{ run_started_at() }}
  ) as changed_at
from strictest
left join {{ before }} as before
  on strictest.profile_id = before.profile_id
  and strictest.purpose = before.purpose
  and strictest.channel = before.channel
  and strictest.region = before.region
{%- else %}
  {{ run_started_at() }} as changed_at
from strictest
{%- endif %}
