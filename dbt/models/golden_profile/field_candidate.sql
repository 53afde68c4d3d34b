-- One row per profile, field and member record that has a value for it.
{{ config(materialized='view') }}
with
candidate as (
  {{ golden_candidates('organization', touched_only=false) }}
  union all
  {{ golden_candidates('person', touched_only=false) }}
)

select
  profile_id,
  entity_kind,
  field,
  nullif(value, '') as value,
  record_key,
  source_system,
  observed_at,
  source_updated_at,
  is_valid,
  is_live,
  completeness
from candidate
