-- One row per destination and profile it could hold, with the first reason why it may not.
{{ config(incremental_strategy='replace_touched', meta={'touched': 'touched_feed'}) }}
-- depends_on: {{ ref('subscription') }} {{ ref('feature_adoption') }}
-- Indents and names that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT09,LT14,RF01,LT05,LT01,ST11,ST03
{%- set suppresses = feed_destinations() | selectattr('suppress') | list %}
with
touched as (select profile_id from {{ ref('touched_feed') }}),

profile as (
  {%- for kind in ['organization', 'person'] %}
  select
    profile_id, unified_customer_id, entity_kind, customer_status, lifecycle_stage, account_owner, display_name, email,
    email_is_valid, phone, country, region, plan, payment_status, review_required, source_systems, source_keys,
    match_confidence, member_count, record_last_updated,
    {{ 'null::varchar as organization_profile_id' if kind == 'organization' else 'organization_profile_id' }}
  from {{ ref('golden_' ~ kind) }}
  where profile_id in (select touched.profile_id from touched)
  {{ 'union all' if not loop.last }}
  {%- endfor %}
),

-- Over all regions the strictest; a grant that has run out since is none.
consent as (
  select
    profile_id,
    purpose,
    channel,
    iff(state = 'granted' and expires_at <= {{ run_started_at() }}, 'expired', state) as state,
    coalesce(legal_basis, 'consent') || ' since ' || to_varchar(since, 'YYYY-MM-DD') || ' (' || region || ')' as basis
  from {{ ref('consent') }}
  where profile_id in (select touched.profile_id from touched)
  qualify row_number() over (
    partition by profile_id, purpose, channel
    order by
      {{ golden_strictness('state') }} desc, iff(expires_at <= {{ run_started_at() }}, 0, 1) asc, since desc, region asc
  ) = 1
),

{%- if suppresses %}

-- What a profile pays for or uses, by its records, in lower case.
owned as (
  select cluster.profile_id, lower(subscription.plan) as product
  from {{ ref('subscription') }} as subscription
  inner join {{ source('match_cluster', 'cluster') }} as cluster on subscription.record_key = cluster.record_key
  where subscription.is_active and not coalesce(subscription.is_deleted, false) and subscription.plan is not null
  union distinct
  select cluster.profile_id, lower(adoption.feature) as product
  from {{ ref('feature_adoption') }} as adoption
  inner join {{ source('match_cluster', 'cluster') }} as cluster on adoption.record_key = cluster.record_key
  where adoption.active_users > 0 and not coalesce(adoption.is_deleted, false)
  union distinct
  select profile_id, lower(plan) as product from {{ ref('golden_organization') }} where plan is not null
),

-- A person has what the organization has.
holder as (
  select profile_id, profile_id as owner_profile_id from profile
  union all
  select profile_id, organization_profile_id as owner_profile_id from profile where organization_profile_id is not null
),

ownership as (
  select holder.profile_id, array_agg(distinct owned.product) as products
  from holder
  inner join owned on holder.owner_profile_id = owned.profile_id
  group by holder.profile_id
),

employer as (select profile_id, customer_status from {{ ref('golden_organization') }}),
{%- endif %}

considered as (
  {%- for destination in feed_destinations() %}
  select
    '{{ destination.destination }}' as destination,
    profile.profile_id,
    {{ feed_key(destination.key) }} as destination_key,
    {%- if destination.channel %}
    consent.basis as consent_basis,
    {%- else %}
    '{{ destination.purpose }}: {{ destination.legal_basis }}' as consent_basis,
    {%- endif %}
    profile.match_confidence,
    profile.member_count,
    {{ feed_reason(destination) }} as reason
  from profile
  {%- if destination.channel %}
  left join consent
    on profile.profile_id = consent.profile_id
    and consent.purpose = '{{ destination.purpose }}'
    and consent.channel = '{{ destination.channel }}'
  {%- endif %}
  {%- if destination.suppress %}
  left join ownership on profile.profile_id = ownership.profile_id
  left join employer on profile.organization_profile_id = employer.profile_id
  {%- endif %}
  where profile.entity_kind in ('{{ destination.entities | join("', '") }}')
  {{ 'union all' if not loop.last }}
  {%- endfor %}
)

select
  destination,
  profile_id,
  destination_key,
  consent_basis,
  case
    when reason is not null then reason
    when row_number() over (
      partition by destination, destination_key
      order by iff(reason is null, 0, 1) asc, match_confidence desc, member_count desc, profile_id asc
    ) > 1 then 'duplicate_destination_key'
  end as reason,
  {{ run_started_at() }} as changed_at
from considered
