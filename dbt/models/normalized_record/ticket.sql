-- One row per ticket.
{{ config(unique_key='fact_key') }}
with
given as (
  {{ normalize_union('ticket') }}
)

select
  fact_key,
  record_key,
  entity_kind,
  source_system,
  occurred_at,
  person_record_key,
  organization_record_key,
  status,
  priority,
  satisfaction,
  solved_at,
  is_deleted,
  {{ run_started_at() }} as changed_at
from given
where {{ changed_since('_changed_at') }}
