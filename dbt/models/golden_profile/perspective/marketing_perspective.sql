-- One row per profile. What marketing works with: lifecycle, engagement, and the consent that every use needs.
{{ config(materialized='view') }}
select
  profile_id,
  unified_customer_id,
  entity_kind,
  display_name,
  customer_status,
  lifecycle_stage,
  country,
  region,
  brands,
  consent,
  emails_sent_90d,
  emails_opened_90d,
  emails_clicked_90d,
  last_engaged_at,
  customer_segment,
  industry,
  null::varchar as email,
  null::varchar as language,
  null::varchar as job_title,
  null::varchar as organization_profile_id,
  changed_at
from {{ ref('golden_organization') }}
union all
select
  profile_id,
  unified_customer_id,
  entity_kind,
  display_name,
  customer_status,
  lifecycle_stage,
  country,
  region,
  brands,
  consent,
  emails_sent_90d,
  emails_opened_90d,
  emails_clicked_90d,
  last_engaged_at,
  null::varchar as customer_segment,
  null::varchar as industry,
  email,
  language,
  job_title,
  organization_profile_id,
  changed_at
from {{ ref('golden_person') }}
