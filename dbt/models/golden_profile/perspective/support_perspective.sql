-- One row per profile. What support works with: how to reach the customer, what it uses and how its tickets went.
{{ config(materialized='view') }}
select
  profile_id,
  unified_customer_id,
  entity_kind,
  display_name,
  customer_status,
  email,
  phone,
  plan,
  subscriptions_active,
  active_users_30d,
  events_30d,
  last_seen_at,
  tickets_open,
  tickets_90d,
  satisfaction_score,
  last_ticket_at,
  health_score,
  primary_contact_profile_id,
  null::varchar as organization_profile_id,
  null::varchar as language,
  changed_at
from {{ ref('golden_organization') }}
union all
select
  profile_id,
  unified_customer_id,
  entity_kind,
  display_name,
  customer_status,
  email,
  phone,
  plan,
  subscriptions_active,
  active_users_30d,
  events_30d,
  last_seen_at,
  tickets_open,
  tickets_90d,
  satisfaction_score,
  last_ticket_at,
  health_score,
  null::varchar as primary_contact_profile_id,
  organization_profile_id,
  language,
  changed_at
from {{ ref('golden_person') }}
