-- One row per person whom a campaign for new customers may write to.
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
    profile.lifecycle_stage,
    profile.job_title
  {{ feed_from('prospects', 'person') }}
),

{{ feed_final([
  'email', 'given_name', 'family_name', 'language', 'country', 'region', 'lifecycle_stage', 'job_title'
]) }}
