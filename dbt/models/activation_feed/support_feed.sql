-- One row per organization or person that the support tool knows.
{{ config(incremental_strategy='replace_touched', meta={'touched': 'touched_feed'}) }}
with
payload as (
  select
    {{ feed_head() }},
    profile.entity_kind,
    profile.display_name,
    profile.email,
    {{ feed_phone() }} as phone,
    null::varchar as language,
    null::varchar as organization_profile_id,
    profile.customer_status,
    profile.plan,
    profile.subscriptions_active,
    profile.payment_status,
    profile.events_30d,
    profile.last_seen_at,
    profile.tickets_open,
    profile.tickets_90d,
    profile.satisfaction_score,
    profile.health_score
  {{ feed_from('support', 'organization') }}
  union all
  select
    {{ feed_head() }},
    profile.entity_kind,
    profile.display_name,
    profile.email,
    {{ feed_phone() }} as phone,
    profile.language,
    profile.organization_profile_id,
    profile.customer_status,
    profile.plan,
    profile.subscriptions_active,
    profile.payment_status,
    profile.events_30d,
    profile.last_seen_at,
    profile.tickets_open,
    profile.tickets_90d,
    profile.satisfaction_score,
    profile.health_score
  {{ feed_from('support', 'person') }}
),

{{ feed_final([
  'entity_kind', 'display_name', 'email', 'phone', 'language', 'organization_profile_id', 'customer_status',
  'plan', 'subscriptions_active', 'payment_status', 'events_30d', 'last_seen_at', 'tickets_open',
  'tickets_90d', 'satisfaction_score', 'health_score'
]) }}
