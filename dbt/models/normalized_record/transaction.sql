-- One row per invoice or order.
{{ config(unique_key='fact_key', post_hook="{{ normalize_mark_kind() }}") }}
with
given as (
  {{ normalize_union('transaction') }}
),

person as (select record_key from {{ ref('person') }})

select
  given.fact_key,
  given.record_key,
  iff(person.record_key is not null, 'person', 'organization') as entity_kind,
  given.source_system,
  given.occurred_at,
  given.kind,
  given.number,
  given.amount,
  given.amount_open,
  given.currency,
  given.status,
  given.due_date,
  given.is_deleted,
  {{ run_started_at() }} as changed_at
from given
left join person on given.record_key = person.record_key
where {{ changed_since('given._changed_at') }}
