-- One row per profile with e-mail engagement: a person's own, an organization's by its people.
{{ config(materialized='ephemeral') }}
with
engagement as (
  select
    c.profile_id,
    e.kind,
    e.occurred_at
  from {{ ref('engagement') }} as e
  inner join {{ source('match_cluster', 'cluster') }} as c on e.record_key = c.record_key
),

relationship as (
  select * from {{ ref('profile_relationship') }}
  where organization_profile_id is not null
),

own as (
  select
    profile_id,
    count_if(kind = 'sent' and occurred_at >= dateadd(day, -90, {{ golden_as_of() }})) as emails_sent_90d,
    count_if(kind = 'open' and occurred_at >= dateadd(day, -90, {{ golden_as_of() }})) as emails_opened_90d,
    count_if(kind = 'click' and occurred_at >= dateadd(day, -90, {{ golden_as_of() }})) as emails_clicked_90d,
    max(iff(kind in ('open', 'click'), occurred_at, null)) as last_engaged_at
  from engagement
  group by profile_id
),

held as (
  select * from own
  union all
  select
    relationship.organization_profile_id,
    own.* exclude (profile_id)
  from own
  inner join relationship on own.profile_id = relationship.profile_id
)

select
  profile_id,
  sum(emails_sent_90d)::number(38, 0) as emails_sent_90d,
  sum(emails_opened_90d)::number(38, 0) as emails_opened_90d,
  sum(emails_clicked_90d)::number(38, 0) as emails_clicked_90d,
  max(last_engaged_at) as last_engaged_at
from held
group by profile_id
