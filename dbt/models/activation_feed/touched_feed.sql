-- One row per profile whose feeds this run decides anew, gone ones included.
{{ config(materialized='table') }}
{%- set before = golden_previous('feed_audience') %}
{%- set mark = "to_timestamp_ntz('" ~ var('processed_to') ~ "')" %}
-- depends_on: {{ ref('profile_version') }} {{ ref('consent') }}
-- depends_on: {{ ref('golden_organization') }} {{ ref('golden_person') }}
-- depends_on: {{ ref('subscription') }} {{ ref('feature_adoption') }}
-- Indents and names that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT09,LT14,RF01
{%- set suppresses = feed_destinations() | selectattr('suppress') | list %}
with
{%- if before and not flags.FULL_REFRESH %}
changed as (
  select profile_id from {{ ref('profile_version') }} where changed_at > {{ mark }}
  union distinct
  select profile_id from {{ ref('consent') }} where changed_at > {{ mark }}
  {%- if suppresses %}
  {%- for fact in ['subscription', 'feature_adoption'] %}
  union distinct
  select cluster.profile_id
  from {{ ref(fact) }} as fact
  inner join {{ source('match_cluster', 'cluster') }} as cluster on fact.record_key = cluster.record_key
  where fact.changed_at > {{ mark }}
  {%- endfor %}
  {%- endif %}
),

person as (select profile_id, email, organization_profile_id from {{ ref('golden_person') }}),

-- Who has, or had, the key of a changed profile: only one of them may be delivered under it.
contested_key as (
  select person.email as destination_key
  from person
  inner join changed on person.profile_id = changed.profile_id
  union distinct
  select audience.destination_key
  from {{ before }} as audience
  inner join changed on audience.profile_id = changed.profile_id
),

touched as (
  select profile_id from changed
  union distinct
  select person.profile_id
  from person
  inner join contested_key on person.email = contested_key.destination_key
  {%- if suppresses %}
  union distinct
  select person.profile_id
  from person
  inner join changed on person.organization_profile_id = changed.profile_id
  {%- endif %}
)
{%- else %}
touched as (
  select profile_id from {{ ref('golden_organization') }}
  union distinct
  select profile_id from {{ ref('golden_person') }}
)
{%- endif %}

select
  profile_id,
  {{ run_started_at() }} as touched_at
from touched
