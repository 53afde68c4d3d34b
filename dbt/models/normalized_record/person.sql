-- One row per source record that describes a person.
{{ config(
    unique_key='record_key',
    pre_hook="{{ normalize_forget_others('person_input') }}"
) }}
with
person_part as (select * from {{ ref('person_part') }}),

ascii_value as (select * from {{ ref('ascii_value') }}),

email_value as (select * from {{ ref('email_value') }}),

domain_value as (select * from {{ ref('domain_value') }}),

phone_value as (select * from {{ ref('phone_value') }}),

tax_id_value as (select * from {{ ref('tax_id_value') }}),

synonym as (select * from {{ ref('synonym') }}),

keyed as (
  select
    part.*,
    split_part(
      trim(regexp_replace(lower(coalesce(given_ascii.ascii, part.given)), '[^a-z ]', '')), ' ', 1
    ) as given_letters,
    {{ normalize_letters('coalesce(family_ascii.ascii, part.family)') }} as family_letters,
    coalesce(street_ascii.ascii, part.street) as street_in_ascii,
    {{ normalize_letters('coalesce(city_ascii.ascii, part.city)') }} as city_letters,
    {{ normalize_words(
      ['coalesce(given_ascii.ascii, part.given)', 'coalesce(middle_ascii.ascii, part.middle)',
       'coalesce(family_ascii.ascii, part.family)', 'coalesce(full_ascii.ascii, part.full_name)']
    ) }} as name_words,
    {{ normalize_words(
      ["split_part(coalesce(given_ascii.ascii, part.given), ' ', 1)", 'coalesce(family_ascii.ascii, part.family)']
    ) }} as main_words,
    coalesce(part.date_of_birth::varchar, {{ normalize_birth_key('part.date_of_birth_text') }}) as birth_key
  from person_part as part
  left join ascii_value as given_ascii on part.given = given_ascii.raw
  left join ascii_value as family_ascii on part.family = family_ascii.raw
  left join ascii_value as middle_ascii on part.middle = middle_ascii.raw
  left join ascii_value as full_ascii on part.full_name = full_ascii.raw
  left join ascii_value as street_ascii on part.street = street_ascii.raw
  left join ascii_value as city_ascii on part.city = city_ascii.raw
),

{{ normalize_street_letters('keyed', 'addressed') }},

formal as (
  select
    addressed.*,
    nullif(coalesce(formal_name.canonical, addressed.given_letters), '') as given_key,
    coalesce(own_city.canonical, addressed.city_letters) as city_key
  from addressed
  left join synonym as formal_name
    on formal_name.kind = 'given_name' and addressed.given_letters = formal_name.value
  left join synonym as own_city
    on own_city.kind = 'city' and addressed.city_letters = own_city.value
)

select
  formal.record_key,
  formal.source_system,
  formal.source_object,
  formal.source_record_id,
  formal.snapshot_id,
  formal.row_hash,
  formal.observed_at,
  formal.source_updated_at,
  formal.is_deleted,
  formal.is_active,
  nullif(trim(
    coalesce({{ normalize_display_name('formal.given') }} || ' ', '')
    || coalesce({{ normalize_display_name('formal.middle') }} || ' ', '')
    || coalesce({{ normalize_display_name('formal.family') }}, '')
  ), '') as full_name,
  {{ normalize_display_name('formal.given') }} as given_name,
  {{ normalize_display_name('formal.middle') }} as middle_name,
  {{ normalize_display_name('formal.family') }} as family_name,
  formal.given_key as given_name_key,
  formal.family_letters as family_name_key,
  case
    when formal.given_key is null then formal.family_letters
    when formal.family_letters is null then formal.given_key
    else least(formal.given_key, formal.family_letters) || ' ' || greatest(formal.given_key, formal.family_letters)
  end as full_name_key,
  formal.name_words,
  nullif(array_to_string(
    array_except(split(formal.name_words, ' '), split(coalesce(formal.main_words, ''), ' ')), ' '
  ), '') as other_name_words,
  coalesce(formal.date_of_birth, try_to_date(formal.birth_key, 'YYYY-MM-DD')) as date_of_birth,
  formal.birth_key,
  lower(left(formal.gender, 1)) as gender,
  email_value.email,
  coalesce(email_value.is_valid, false) as email_is_valid,
  email_value.shared_reason is not null as email_is_shared,
  domain_value.domain as email_domain,
  iff(phone_value.is_placeholder, phone_value.e164, phone_value.canonical) as phone,
  coalesce(phone_value.is_valid, false) as phone_is_valid,
  coalesce(phone_value.is_placeholder, false) as phone_is_shared,
  formal.street,
  formal.street_letters as street_key,
  formal.city,
  formal.city_key,
  formal.region,
  upper(formal.postcode) as postcode,
  nullif(regexp_replace(upper(formal.postcode), '[^A-Z0-9]', ''), '') as postcode_key,
  formal.country_code as country,
  tax_id_value.tax_id,
  lower(split_part(replace(formal.language, '_', '-'), '-', 1)) as language,
  formal.job_title,
  formal.organization_record_key,
  formal.organization_name,
  formal.brand,
  formal.sales_region,
  formal.lifecycle_stage,
  formal.account_owner,
  formal.created_at,
  formal.attributes,
  {{ run_started_at() }} as changed_at
from formal
left join email_value on formal.email = email_value.raw
left join domain_value on domain_value.raw = {{ normalize_email_host('formal.email') }}
left join phone_value
  on
    formal.phone = phone_value.raw
    and phone_value.country = {{ normalize_phone_country('formal.phone', 'formal.phone_country') }}
left join tax_id_value
  on
    formal.tax_id = tax_id_value.raw
    and tax_id_value.country = coalesce(formal.country_code, '')
