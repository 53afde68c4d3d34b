-- One row per workspace and feature.
{{ config(unique_key='fact_key') }}
with
given as (
  {{ normalize_union('feature_adoption') }}
)

select
  fact_key,
  record_key,
  entity_kind,
  source_system,
  occurred_at,
  feature,
  active_users,
  adoption_rate,
  first_used_at,
  last_used_at,
  is_deleted,
  {{ run_started_at() }} as changed_at
from given
where {{ changed_since('_changed_at') }}
