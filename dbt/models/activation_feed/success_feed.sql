-- One row per organization that customer success looks after.
{{ config(incremental_strategy='replace_touched', meta={'touched': 'touched_feed'}) }}
with
payload as (
  select
    {{ feed_head() }},
    profile.display_name,
    profile.domain,
    profile.account_owner,
    profile.customer_segment,
    profile.customer_status,
    profile.lifecycle_stage,
    profile.region,
    profile.plan,
    profile.mrr,
    profile.subscriptions_active,
    profile.renewal_date,
    profile.payment_status,
    profile.amount_overdue,
    profile.active_users_30d,
    profile.events_30d,
    profile.features_adopted,
    profile.adoption_rate,
    profile.last_seen_at,
    profile.tickets_open,
    profile.tickets_90d,
    profile.satisfaction_score,
    profile.primary_contact_profile_id,
    profile.health_score
  {{ feed_from('success', 'organization') }}
),

{{ feed_final([
  'display_name', 'domain', 'account_owner', 'customer_segment', 'customer_status', 'lifecycle_stage',
  'region', 'plan', 'mrr', 'subscriptions_active', 'renewal_date', 'payment_status', 'amount_overdue',
  'active_users_30d', 'events_30d', 'features_adopted', 'adoption_rate', 'last_seen_at', 'tickets_open',
  'tickets_90d', 'satisfaction_score', 'primary_contact_profile_id', 'health_score'
]) }}
