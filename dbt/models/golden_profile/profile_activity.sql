-- One row per profile: what it buys, uses, asks and answers, as of the day of the run. Computed whole, written where
-- changed: windows such as "the last 30 days" move with the calendar, for any profile.
{{ config(
    unique_key='profile_id',
    post_hook="{{ golden_forget_gone() }}"
) }}
with
profile as (select distinct profile_id from {{ source('match_cluster', 'cluster') }}),

sales as (select * from {{ ref('activity_sales') }}),

finance as (select * from {{ ref('activity_finance') }}),

usage as (select * from {{ ref('activity_usage') }}),

support as (select * from {{ ref('activity_support') }}),

engagement as (select * from {{ ref('activity_engagement') }}),

consent as (select * from {{ ref('activity_consent') }}),

whole as (
  select
    profile.profile_id,
    coalesce(sales.open_opportunities, 0) as open_opportunities,
    coalesce(sales.open_pipeline_amount, 0) as open_pipeline_amount,
    coalesce(sales.won_amount, 0) as won_amount,
    sales.next_close_date,
    coalesce(finance.invoices_total, 0) as invoices_total,
    coalesce(finance.orders_total, 0) as orders_total,
    coalesce(finance.invoices_open, 0) as invoices_open,
    coalesce(finance.revenue_12m, 0) as revenue_12m,
    coalesce(finance.revenue_total, 0) as revenue_total,
    coalesce(finance.amount_open, 0) as amount_open,
    coalesce(finance.amount_overdue, 0) as amount_overdue,
    coalesce(finance.payment_status, 'none') as payment_status,
    finance.last_purchase_at,
    coalesce(finance.subscriptions_total, 0) as subscriptions_total,
    coalesce(finance.subscriptions_active, 0) as subscriptions_active,
    coalesce(finance.mrr, 0) as mrr,
    finance.subscription_plan,
    finance.renewal_date,
    coalesce(usage.active_users_30d, 0) as active_users_30d,
    coalesce(usage.events_30d, 0) as events_30d,
    coalesce(usage.events_previous_30d, 0) as events_previous_30d,
    coalesce(usage.features_adopted, 0) as features_adopted,
    usage.adoption_rate,
    usage.last_seen_at,
    coalesce(support.tickets_open, 0) as tickets_open,
    coalesce(support.tickets_90d, 0) as tickets_90d,
    support.satisfaction_score,
    support.last_ticket_at,
    coalesce(engagement.emails_sent_90d, 0) as emails_sent_90d,
    coalesce(engagement.emails_opened_90d, 0) as emails_opened_90d,
    coalesce(engagement.emails_clicked_90d, 0) as emails_clicked_90d,
    engagement.last_engaged_at,
    {{ golden_health_score() }} as health_score,
    consent.consent,
    consent.consent_text,
    coalesce(consent.consent_recently_changed, false) as consent_recently_changed
  from profile
  left join sales on profile.profile_id = sales.profile_id
  left join finance on profile.profile_id = finance.profile_id
  left join usage on profile.profile_id = usage.profile_id
  left join support on profile.profile_id = support.profile_id
  left join engagement on profile.profile_id = engagement.profile_id
  left join consent on profile.profile_id = consent.profile_id
),

hashed as (
  select
    *,
    {{ golden_hash(golden_activity_columns() + [
      'events_previous_30d', 'subscription_plan', 'consent_text', 'consent_recently_changed'
    ]) }}
      as row_hash
  from whole
)

{{ golden_only_changed('hashed') }}
