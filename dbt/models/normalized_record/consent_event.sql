-- One row per decision of a person, by purpose, channel and region: from the consent store and from what sources hold.
{{ config(
    unique_key='fact_key',
    pre_hook="{{ normalize_forget('source_record_key', ['salesforce__contact', 'hubspot__contact', 'shopify__customer']) }}"
) }}
with
given as (
  {{ normalize_union('consent_event') }}
),

email_value as (select * from {{ ref('email_value') }}),

phone_value as (select * from {{ ref('phone_value') }})

select
  given.fact_key,
  given.source_record_key,
  given.record_key,
  'person' as entity_kind,
  given.source_system,
  given.subject_type,
  case given.subject_type
    when 'email' then email_value.email
    when 'phone' then phone_value.canonical
    else given.subject_value
  end as subject_value_canonical,
  given.purpose,
  given.channel,
  given.status,
  given.legal_basis,
  given.region,
  given.brand,
  given.occurred_at,
  given.expires_at,
  given.recorded_at,
  {{ run_started_at() }} as changed_at
from given
left join email_value on given.subject_type = 'email' and given.subject_value = email_value.raw
left join phone_value
  on
    given.subject_type = 'phone'
    and given.subject_value = phone_value.raw
    and phone_value.country = {{ normalize_phone_country('given.subject_value', normalize_phone_home('null', [])) }}
where {{ changed_since('given._changed_at') }}
