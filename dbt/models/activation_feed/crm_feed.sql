-- One row per account or contact that the CRM may hold.
{{ config(incremental_strategy='replace_touched', meta={'touched': 'touched_feed'}) }}
with
payload as (
  select
    {{ feed_head() }},
    profile.entity_kind,
    profile.display_name,
    profile.email,
    {{ feed_phone() }} as phone,
    profile.country,
    profile.region,
    profile.customer_status,
    profile.lifecycle_stage,
    profile.account_owner,
    null::varchar as organization_profile_id,
    profile.parent_profile_id,
    profile.customer_segment,
    profile.legal_name,
    profile.revenue_12m,
    profile.amount_overdue,
    profile.payment_status,
    profile.mrr,
    profile.plan,
    profile.renewal_date,
    profile.tickets_open,
    profile.satisfaction_score,
    profile.health_score
  {{ feed_from('crm', 'organization') }}
  union all
  select
    {{ feed_head() }},
    profile.entity_kind,
    profile.display_name,
    profile.email,
    {{ feed_phone() }} as phone,
    profile.country,
    profile.region,
    profile.customer_status,
    profile.lifecycle_stage,
    profile.account_owner,
    profile.organization_profile_id,
    null::varchar as parent_profile_id,
    null::varchar as customer_segment,
    null::varchar as legal_name,
    profile.revenue_12m,
    profile.amount_overdue,
    profile.payment_status,
    profile.mrr,
    profile.plan,
    profile.renewal_date,
    profile.tickets_open,
    profile.satisfaction_score,
    profile.health_score
  {{ feed_from('crm', 'person') }}
),

{{ feed_final([
  'entity_kind', 'display_name', 'email', 'phone', 'country', 'region', 'customer_status', 'lifecycle_stage',
  'account_owner', 'organization_profile_id', 'parent_profile_id', 'customer_segment', 'legal_name',
  'revenue_12m', 'amount_overdue', 'payment_status', 'mrr', 'plan', 'renewal_date', 'tickets_open',
  'satisfaction_score', 'health_score'
]) }}
