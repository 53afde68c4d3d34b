-- One row per user and device.
{{ config(materialized='ephemeral') }}
select
  _valid_from as _changed_at,
  _record_key as fact_key,
  'product_analytics:user:' || user_id as record_key,
  'person' as entity_kind,
  'product_analytics' as source_system,
  last_seen_at as occurred_at,
  device_id,
  lower(platform) as platform,
  app_version,
  first_seen_at,
  last_seen_at,
  _deleted as is_deleted
from {{ source('source_snapshot', 'product_analytics__device') }}
where _valid_to is null
