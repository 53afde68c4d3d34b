-- One row per workspace and feature.
{{ config(materialized='ephemeral') }}
select
  _valid_from as _changed_at,
  _record_key as fact_key,
  'product_analytics:workspace:' || workspace_id as record_key,
  'organization' as entity_kind,
  'product_analytics' as source_system,
  last_used_at as occurred_at,
  feature,
  iff(_deleted, 0, active_users) as active_users,
  iff(_deleted, 0, adoption_rate)::float as adoption_rate,
  first_used_at,
  last_used_at,
  _deleted as is_deleted
from {{ source('source_snapshot', 'product_analytics__feature_adoption') }}
where _valid_to is null
