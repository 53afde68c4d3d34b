-- One row per e-mail address as written; kept between runs. Plain addresses are settled here by the rules that
-- parse_email applies to them; only the odd ones cost a call of it.
{{ config(incremental_strategy='append') }}
with
person_input as (select * from {{ ref('person_input') }}),

organization_input as (select * from {{ ref('organization_input') }}),

consent_event as (
  {{ normalize_union('consent_event') }}
),

shared_value as (select * from {{ ref('shared_value') }}),

written as (
  select email as raw from person_input
  union distinct
  select email as raw from organization_input
  union distinct
  select subject_value as raw from consent_event
  where subject_type = 'email' and {{ normalize_changed('_changed_at') }}
),

new_address as (
  {{ normalize_new_values() }}
),

new_value as (
  select
    raw,
    lower(split_part(raw, '@', 1)) as mailbox,
    lower(split_part(raw, '@', 2)) as host,
    regexp_like(
      lower(raw),
      '[a-z0-9_]+([.+_-][a-z0-9_]+)*@([a-z0-9]+(-[a-z0-9]+)*[.])+{{ normalize_plain_suffix() }}'
    ) and length(raw) < 64 as is_plain
  from new_address
),

plain as (
  select
    raw,
    case
      when host in ('gmail.com', 'googlemail.com') then replace(split_part(mailbox, '+', 1), '.', '') || '@gmail.com'
      else split_part(mailbox, '+', 1) || '@' || host
    end as email,
    true as is_valid
  from new_value
  where is_plain
),

parsed as (
  select
    raw,
    {{ function('parse_email') }}(raw) as email
  from new_value
  where not is_plain
),

address as (
  select
    raw,
    email,
    is_valid
  from plain
  union all
  select
    raw,
    email:email::varchar as email,
    coalesce(email:is_valid::boolean, false) as is_valid
  from parsed
)

select
  address.raw,
  address.email,
  address.is_valid,
  coalesce(domain_reason.reason, mailbox_reason.reason) as shared_reason
from address
left join shared_value as mailbox_reason
  on mailbox_reason.kind = 'mailbox' and mailbox_reason.value = split_part(address.email, '@', 1)
left join shared_value as domain_reason
  on
    domain_reason.kind = 'domain'
    and domain_reason.reason = 'placeholder'
    and domain_reason.value = split_part(address.email, '@', 2)
