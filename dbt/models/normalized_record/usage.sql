-- One row per user or workspace and day with events.
{{ config(unique_key='fact_key') }}
with
event as (
  select
    iff(nullif(trim(user_id), '') is null, null, 'product_analytics:user:' || trim(user_id)) as user_key,
    iff(nullif(trim(workspace_id), '') is null, null, 'product_analytics:workspace:' || trim(workspace_id))
      as workspace_key,
    occurred_at::date as usage_date,
    _valid_from
  from {{ source('source_snapshot', 'product_analytics__event') }}
  where _valid_to is null and not _deleted and occurred_at is not null
),

-- A late event changes its day, so whole days are counted again.
changed_day as (
  select distinct usage_date from event
  where {{ changed_since('_valid_from') }}
),

counted as (
  select
    user_key as record_key,
    'person' as entity_kind,
    usage_date,
    count(*) as events,
    1 as active_users
  from event
  where user_key is not null and usage_date in (select changed_day.usage_date from changed_day)
  group by user_key, usage_date
  union all
  select
    workspace_key as record_key,
    'organization' as entity_kind,
    usage_date,
    count(*) as events,
    count(distinct user_key) as active_users
  from event
  where workspace_key is not null and usage_date in (select changed_day.usage_date from changed_day)
  group by workspace_key, usage_date
)

select
  record_key || ':' || usage_date::varchar as fact_key,
  record_key,
  entity_kind,
  'product_analytics' as source_system,
  usage_date::timestamp_ntz as occurred_at,
  usage_date,
  events,
  active_users,
  {{ run_started_at() }} as changed_at
from counted
