-- One row per person whom the marketing tool may write to.
{{ config(incremental_strategy='replace_touched', meta={'touched': 'touched_feed'}) }}
with
payload as (
  select
    {{ feed_head() }},
    profile.email,
    profile.given_name,
    profile.family_name,
    profile.language,
    profile.country,
    profile.region,
    profile.customer_status,
    profile.lifecycle_stage,
    profile.job_title,
    profile.last_engaged_at
  {{ feed_from('marketing', 'person') }}
),

{{ feed_final([
  'email', 'given_name', 'family_name', 'language', 'country', 'region', 'customer_status', 'lifecycle_stage',
  'job_title', 'last_engaged_at'
]) }}
