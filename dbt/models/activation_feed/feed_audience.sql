-- One row per destination and profile it could hold, with the first reason why it may not.
{{ config(incremental_strategy='replace_touched', meta={'touched': 'touched_feed'}) }}
-- Indents and names that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT09,LT14,RF01,LT05,LT01,ST11
with
touched as (select profile_id from {{ ref('touched_feed') }}),

profile as (
  {%- for kind in ['organization', 'person'] %}
  select
    profile_id, unified_customer_id, entity_kind, customer_status, lifecycle_stage, account_owner, display_name, email,
    email_is_valid, phone, country, region, plan, payment_status, review_required, source_systems, source_keys,
    match_confidence, member_count, record_last_updated
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
