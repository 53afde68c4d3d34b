-- One row per e-mail event of marketing automation, with the contact that had the address, if any had.
{{ config(unique_key='fact_key') }}
with
email_event as (
  select
    *,
    lower(trim(recipient)) as address
  from {{ source('source_snapshot', 'hubspot__email_event') }}
  where _valid_to is null and not _deleted
),

-- Every version counts: an address that a contact had last year still was the contact's.
contact_version as (
  select
    _record_key as record_key,
    lower(trim(email)) as address,
    _valid_from,
    _valid_to
  from {{ source('source_snapshot', 'hubspot__contact') }}
  where nullif(trim(email), '') is not null
),

-- Addresses of contacts that changed, now or earlier: their events may go to another contact.
moved_address as (
  select distinct contact_version.address
  from contact_version
  inner join contact_version as changed on contact_version.record_key = changed.record_key
  where {{ changed_since('changed._valid_from') }}
),

contact as (
  select
    address,
    record_key
  from contact_version
  qualify row_number() over (
    partition by address
    order by iff(_valid_to is null, 0, 1) asc, _valid_from desc, record_key asc
  ) = 1
)

select
  email_event._record_key as fact_key,
  contact.record_key,
  'person' as entity_kind,
  'hubspot' as source_system,
  {{ normalize_epoch('email_event.created', 'millisecond') }} as occurred_at,
  case upper(email_event.type)
    when 'OPEN' then 'open'
    when 'CLICK' then 'click'
    when 'BOUNCE' then 'bounce'
    when 'UNSUBSCRIBED' then 'unsubscribed'
    when 'SENT' then 'sent'
    else lower(email_event.type)
  end as kind,
  email_event.emailcampaignid as campaign,
  {{ run_started_at() }} as changed_at
from email_event
left join contact on email_event.address = contact.address
where
  {{ changed_since('email_event._valid_from') }}
  or email_event.address in (select moved_address.address from moved_address)
