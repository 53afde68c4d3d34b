-- One row per user and device.
{{ config(unique_key='fact_key') }}
with
given as (
  {{ normalize_union('device') }}
)

select
  fact_key,
  record_key,
  entity_kind,
  source_system,
  occurred_at,
  device_id,
  platform,
  app_version,
  first_seen_at,
  last_seen_at,
  is_deleted,
  {{ run_started_at() }} as changed_at
from given
where {{ changed_since('_changed_at') }}
