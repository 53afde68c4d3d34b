-- One row per Zendesk ticket with its latest satisfaction rating. Subjects stay behind: they hold what customers wrote.
{{ config(materialized='ephemeral') }}
with
rating as (
  select
    ticket_id,
    max(_valid_from) as changed_at,
    max_by(score, created_at) as score
  from {{ source('source_snapshot', 'zendesk__satisfaction_rating') }}
  where _valid_to is null and not _deleted
  group by ticket_id
)

select
  greatest(ticket._valid_from, coalesce(rating.changed_at, ticket._valid_from)) as _changed_at,
  ticket._record_key as fact_key,
  coalesce(
    {{ normalize_key('zendesk:user', 'ticket.requester_id') }},
    {{ normalize_key('zendesk:organization', 'ticket.organization_id') }}
  ) as record_key,
  iff(nullif(trim(ticket.requester_id), '') is null, 'organization', 'person') as entity_kind,
  'zendesk' as source_system,
  ticket.created_at as occurred_at,
  {{ normalize_key('zendesk:user', 'ticket.requester_id') }} as person_record_key,
  {{ normalize_key('zendesk:organization', 'ticket.organization_id') }} as organization_record_key,
  iff(ticket._deleted, 'deleted', lower(ticket.status)) as status,
  lower(ticket.priority) as priority,
  case
    when lower(rating.score) like 'good%' then 'good'
    when lower(rating.score) like 'bad%' then 'bad'
  end as satisfaction,
  iff(lower(ticket.status) in ('solved', 'closed'), ticket.updated_at, null) as solved_at,
  ticket._deleted as is_deleted
from {{ source('source_snapshot', 'zendesk__ticket') }} as ticket
left join rating on ticket.id = rating.ticket_id
where ticket._valid_to is null
