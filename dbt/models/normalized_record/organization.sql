-- One row per source record that describes a company.
{{ config(
    unique_key='record_key',
    pre_hook="{{ normalize_forget_others('organization_input') }}"
) }}
with
organization_input as (
  select * from {{ ref('organization_input') }}
  where is_member
),

company_name_value as (select * from {{ ref('company_name_value') }}),

ascii_value as (select * from {{ ref('ascii_value') }}),

email_value as (select * from {{ ref('email_value') }}),

domain_value as (select * from {{ ref('domain_value') }}),

phone_value as (select * from {{ ref('phone_value') }}),

tax_id_value as (select * from {{ ref('tax_id_value') }}),

synonym as (select * from {{ ref('synonym') }}),

placeholder as (
  select value from {{ ref('shared_value') }}
  where kind = 'name'
),

keyed as (
  select
    given.*,
    coalesce(street_ascii.ascii, given.street) as street_in_ascii,
    {{ normalize_letters('coalesce(city_ascii.ascii, given.city)') }} as city_letters
  from organization_input as given
  left join ascii_value as street_ascii on given.street = street_ascii.raw
  left join ascii_value as city_ascii on given.city = city_ascii.raw
),

{{ normalize_street_letters('keyed', 'addressed') }},

-- The domain that the source names, else its website's, else its mailbox's unless the mailbox is free mail.
located as (
  select
    addressed.*,
    coalesce(own_city.canonical, addressed.city_letters) as city_key,
    mail_domain.domain as email_domain,
    site_domain.domain as website_domain,
    coalesce(
      named_domain.domain, site_domain.domain, iff(mail_domain.shared_reason is null, mail_domain.domain, null)
    ) as company_domain,
    case
      when named_domain.domain is not null then named_domain.shared_reason
      when site_domain.domain is not null then site_domain.shared_reason
    end as domain_shared_reason
  from addressed
  left join synonym as own_city
    on own_city.kind = 'city' and addressed.city_letters = own_city.value
  left join domain_value as named_domain on named_domain.raw = lower(addressed.domain)
  left join domain_value as site_domain on site_domain.raw = lower(addressed.website)
  left join domain_value as mail_domain on mail_domain.raw = {{ normalize_email_host('addressed.email') }}
)

select
  located.record_key,
  located.source_system,
  located.source_object,
  located.source_record_id,
  located.snapshot_id,
  located.row_hash,
  located.observed_at,
  located.source_updated_at,
  located.is_deleted,
  located.is_active,
  company_name.name,
  company_name.name_key,
  legal_name.name as legal_name,
  coalesce(legal_name.legal_form, company_name.legal_form) as legal_form,
  located.previous_names,
  located.company_domain as domain,
  located.domain_shared_reason is not null as domain_is_shared,
  iff(located.website_domain is null, null, located.website) as website,
  email_value.email,
  coalesce(email_value.is_valid, false) as email_is_valid,
  coalesce(email_value.shared_reason = 'placeholder', false) as email_is_shared,
  located.email_domain,
  iff(phone_value.is_placeholder, phone_value.e164, phone_value.canonical) as phone,
  coalesce(phone_value.is_valid, false) as phone_is_valid,
  coalesce(phone_value.is_placeholder, false) as phone_is_shared,
  located.street,
  located.street_letters as street_key,
  located.city,
  located.city_key,
  located.region,
  upper(located.postcode) as postcode,
  nullif(regexp_replace(upper(located.postcode), '[^A-Z0-9]', ''), '') as postcode_key,
  located.country_code as country,
  tax_id_value.tax_id,
  coalesce(tax_id_value.is_valid, false) as tax_id_is_valid,
  nullif(regexp_replace(upper(located.registration_id), '[^A-Z0-9]', ''), '') as registration_id,
  located.industry,
  located.employee_count,
  located.annual_revenue,
  located.parent_record_key,
  located.customer_segment,
  located.lifecycle_stage,
  located.account_owner,
  located.account_owner_id,
  located.brand,
  located.sales_region,
  located.payment_terms,
  located.currency,
  located.plan,
  located.created_at,
  located.attributes,
  {{ run_started_at() }} as changed_at
from located
left join placeholder on placeholder.value = lower(located.name)
left join company_name_value as company_name
  on located.name = company_name.raw and placeholder.value is null
left join company_name_value as legal_name on located.legal_name = legal_name.raw
left join email_value on located.email = email_value.raw
left join phone_value
  on
    located.phone = phone_value.raw
    and phone_value.country = {{ normalize_phone_country('located.phone', 'located.phone_country') }}
left join tax_id_value
  on
    located.tax_id = tax_id_value.raw
    and tax_id_value.country = coalesce(located.country_code, '')
