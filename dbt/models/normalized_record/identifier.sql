-- One row per record, identifier type and canonical value.
{{ config(
    unique_key='identifier_key',
    cluster_by='value_canonical',
    pre_hook="{{ normalize_forget_identifiers() }}",
    post_hook="{{ normalize_mark_shared() }}"
) }}
-- The branches come from loops and macros, which the indent rule cannot follow.
-- noqa: disable=LT02,LT09,LT14
with
person_input as (select * from {{ ref('person_input') }} where is_member),

organization_input as (select * from {{ ref('organization_input') }} where is_member),

person as (select * from {{ ref('person') }}),

organization as (select * from {{ ref('organization') }}),

email_value as (select * from {{ ref('email_value') }}),

shared_domain as (
  select value, reason from {{ ref('shared_value') }} where kind = 'domain'
),

phone_value as (select * from {{ ref('phone_value') }}),

device as (
  {{ normalize_union('device') }}
),

named as (
  select
    record_key,
    'person' as entity_kind,
    source_system,
    observed_at,
    full_name_key as name_key,
    case
      when given_name_key is not null and family_name_key is not null
        then left(given_name_key, 1) || left(family_name_key, 2)
    end as holder
  from person
  union all
  select
    record_key,
    'organization' as entity_kind,
    source_system,
    observed_at,
    name_key,
    left(name_key, 4) as holder
  from organization
),

found as (
  {%- for kind in ['person', 'organization'] %}
  {%- set input = kind ~ '_input' %}
  {{ normalize_identifier(input, input ~ '.id_type', 'source_record_id', input ~ '.record_key') }}
  from {{ input }}
  union all
  {{ normalize_identifier(
    input, "'email'", 'email', 'email_value.email', valid='email_value.is_valid',
    reason='email_value.shared_reason' if kind == 'person' else "nullif(email_value.shared_reason, 'role_mailbox')"
  ) }}
  from {{ input }}
  inner join email_value on {{ input }}.email = email_value.raw
  union all
  {%- for phone in (['phone', 'phone_2'] if kind == 'person' else ['phone']) %}
  {{ normalize_identifier(
    input, "'phone'", phone, 'phone_value.canonical', valid='phone_value.is_valid',
    reason="iff(phone_value.is_placeholder, 'placeholder', null)", preference=loop.index
  ) }}
  from {{ input }}
  inner join phone_value
    on {{ input }}.{{ phone }} = phone_value.raw
    and phone_value.country = {{ normalize_phone_country(input ~ '.' ~ phone, input ~ '.phone_country') }}
  union all
  {%- endfor %}
  {{ normalize_identifier(
    input, "'tax_id'", 'tax_id', kind ~ '.tax_id', valid='true' if kind == 'person' else 'organization.tax_id_is_valid'
  ) }}
  from {{ input }}
  inner join {{ kind }} on {{ input }}.record_key = {{ kind }}.record_key
  union all
  {{ normalize_identifier(
    input, "'address'", 'street',
    "coalesce(" ~ kind ~ ".country, '') || '|' || " ~ kind ~ ".postcode_key || '|' || " ~ kind ~ ".street_key"
  ) }}
  from {{ input }}
  inner join {{ kind }} on {{ input }}.record_key = {{ kind }}.record_key
  union all
  {%- for system in ['crm', 'billing', 'user' if kind == 'person' else 'workspace'] %}
  {%- set link = system ~ '_record_key' %}
  {{ normalize_identifier(input, "'" ~ system ~ "_id'", link, input ~ '.' ~ link, preference=2) }}
  from {{ input }}
  union all
  {%- endfor %}
  {%- endfor %}
  {{ normalize_identifier(
    'organization_input', "'domain'", 'domain', 'organization.domain', reason='shared_domain.reason'
  ) }}
  from organization_input
  inner join organization on organization_input.record_key = organization.record_key
  left join shared_domain on organization.domain = shared_domain.value
  union all
  {{ normalize_identifier(
    'organization_input', "'registration_id'", 'registration_id', 'organization.registration_id'
  ) }}
  from organization_input
  inner join organization on organization_input.record_key = organization.record_key
  union all
  {{ normalize_identifier('device', "'device_id'", 'device_id', 'device.device_id') }}
  from device
  where
    not device.is_deleted
    and (
      {{ changed_since('device._changed_at') }}
      or device.record_key in (select person_input.record_key from person_input)
    )
)

select
  md5(found.record_key || '|' || found.identifier_type || '|' || found.value_canonical) as identifier_key,
  found.record_key,
  named.entity_kind,
  named.source_system,
  found.identifier_type,
  found.value,
  found.value_canonical,
  found.is_valid,
  found.shared_reason is not null as is_shared,
  found.shared_reason,
  named.name_key,
  named.holder,
  found.source_column,
  named.observed_at,
  {{ run_started_at() }} as changed_at
from found
inner join named on found.record_key = named.record_key
where found.value_canonical is not null
qualify row_number() over (
  partition by found.record_key, found.identifier_type, found.value_canonical
  order by found.preference, found.source_column
) = 1
