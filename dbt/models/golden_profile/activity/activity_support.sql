-- One row per profile with tickets: the requester's, and those of the organization named or that employs the requester.
{{ config(materialized='ephemeral') }}
with
ticket as (
  select * from {{ ref('ticket') }}
  where not coalesce(is_deleted, false)
),

cluster as (select * from {{ source('match_cluster', 'cluster') }}),

relationship as (select * from {{ ref('profile_relationship') }}),

placed as (
  select
    ticket.*,
    requester.profile_id as requester_profile_id,
    coalesce(named.profile_id, relationship.organization_profile_id) as organization_profile_id
  from ticket
  left join cluster as requester on ticket.person_record_key = requester.record_key
  left join cluster as named on ticket.organization_record_key = named.record_key
  left join relationship on requester.profile_id = relationship.profile_id
),

held as (
  select
    requester_profile_id as profile_id,
    status,
    satisfaction,
    occurred_at
  from placed
  union all
  select
    organization_profile_id,
    status,
    satisfaction,
    occurred_at
  from placed
)

select
  profile_id,
  count_if(status not in ('solved', 'closed', 'deleted')) as tickets_open,
  count_if(occurred_at >= dateadd(day, -90, {{ golden_as_of() }})) as tickets_90d,
  -- Share of good ratings, 0 to 100, as Zendesk reports it.
  (100.0 * count_if(satisfaction = 'good') / nullif(count(satisfaction), 0))::number(10, 2) as satisfaction_score,
  max(occurred_at) as last_ticket_at
from held
where profile_id is not null
group by profile_id
