-- One row per profile with consent facts: {purpose: {channel: state}}, over all regions the strictest.
{{ config(materialized='ephemeral') }}
with
across_regions as (
  select
    profile_id,
    purpose,
    channel,
    max_by(state, {{ golden_strictness('state') }}) as state,
    max(iff(is_recently_changed, 1, 0)) as is_recently_changed
  from {{ ref('consent') }}
  group by profile_id, purpose, channel
),

by_purpose as (
  select
    profile_id,
    purpose,
    object_agg(channel, to_variant(state)) as channels,
    listagg(purpose || '/' || channel || '=' || state, ',') within group (order by channel) as consent_text,
    max(is_recently_changed) as is_recently_changed
  from across_regions
  group by profile_id, purpose
)

select
  profile_id,
  object_agg(purpose, to_variant(channels)) as consent,
  -- The same as text, in one order: objects have none, so they cannot be hashed.
  listagg(consent_text, ',') within group (order by purpose) as consent_text,
  max(is_recently_changed) = 1 as consent_recently_changed
from by_purpose
group by profile_id
