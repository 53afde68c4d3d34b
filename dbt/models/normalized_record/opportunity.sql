-- One row per opportunity.
{{ config(unique_key='fact_key') }}
with
given as (
  {{ normalize_union('opportunity') }}
)

select
  fact_key,
  record_key,
  entity_kind,
  source_system,
  occurred_at,
  name,
  stage,
  amount,
  currency,
  probability,
  close_date,
  is_closed,
  is_won,
  is_deleted,
  {{ run_started_at() }} as changed_at
from given
where {{ changed_since('_changed_at') }}
