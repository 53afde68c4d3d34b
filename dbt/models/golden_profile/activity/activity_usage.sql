-- One row per profile with product usage: an organization by its workspaces, a person by the user.
{{ config(materialized='ephemeral') }}
with
used as (
  select
    c.profile_id,
    sum(iff(u.occurred_at >= dateadd(day, -30, {{ golden_as_of() }}), u.events, 0))::number(38, 0) as events_30d,
    sum(
      iff(
        u.occurred_at < dateadd(day, -30, {{ golden_as_of() }})
        and u.occurred_at >= dateadd(day, -60, {{ golden_as_of() }}),
        u.events, 0
      )
    )::number(38, 0) as events_previous_30d,
    -- The most on one day: whole users cannot be counted twice.
    max(iff(u.occurred_at >= dateadd(day, -30, {{ golden_as_of() }}), u.active_users, 0)) as active_users_30d,
    max(u.occurred_at) as last_seen_at
  from {{ ref('usage') }} as u
  inner join {{ source('match_cluster', 'cluster') }} as c on u.record_key = c.record_key
  group by c.profile_id
),

adopted as (
  select
    c.profile_id,
    count(distinct iff(f.active_users > 0, f.feature, null)) as features_adopted,
    avg(f.adoption_rate)::number(10, 4) as adoption_rate
  from {{ ref('feature_adoption') }} as f
  inner join {{ source('match_cluster', 'cluster') }} as c on f.record_key = c.record_key
  where not coalesce(f.is_deleted, false)
  group by c.profile_id
)

select
  coalesce(used.profile_id, adopted.profile_id) as profile_id,
  used.events_30d,
  used.events_previous_30d,
  used.active_users_30d,
  used.last_seen_at,
  adopted.features_adopted,
  adopted.adoption_rate
from used
full outer join adopted on used.profile_id = adopted.profile_id
