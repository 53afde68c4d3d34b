-- One row per customer that is a natural person.
{{ config(alias='person', incremental_strategy='replace_touched', meta={'touched': 'touched_profile'}) }}
-- Indents that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT09,LT14
with
{{ golden_profile_ctes('person') }},

whole as (
  select
    membership.profile_id,
    membership.profile_id as unified_customer_id,
    'person' as entity_kind,
    {{ golden_customer_status('person') }} as customer_status,
    chosen.lifecycle_stage,
    chosen.account_owner,
    coalesce(chosen.full_name, chosen.email) as display_name,
    chosen.full_name,
    chosen.given_name,
    chosen.middle_name,
    chosen.family_name,
    try_to_date(chosen.date_of_birth) as date_of_birth,
    chosen.gender,
    chosen.tax_id,
    chosen.email,
    coalesce(chosen.email_is_valid, false) as email_is_valid,
    chosen.phone,
    coalesce(chosen.phone_is_valid, false) as phone_is_valid,
    chosen.job_title,
    chosen.language,
    chosen.organization_name,
    activity.subscription_plan as plan,
    chosen.region,
    chosen.created_at::timestamp_ntz as customer_since,
    {{ golden_address_columns() }},
    chosen.addresses as addresses_text,
    relationship.organization_profile_id,
    relationship.household_profile_id,
    {% for column in golden_activity_columns() -%}
    activity.{{ column }},
    {% endfor -%}
    activity.consent,
    activity.consent_text,
    iff(chosen.brands is null, array_construct(), split(chosen.brands, ' | ')) as brands,
    chosen.brands as brands_text,
    membership.match_confidence,
    membership.source_systems,
    membership.source_systems_text,
    source_keys.source_keys,
    source_keys.source_keys_text,
    membership.member_count,
    {{ golden_review_reasons() }} as review_reasons_text,
    review_reasons_text <> '' as review_required,
    iff(review_reasons_text = '', array_construct(), split(substr(review_reasons_text, 2), ',')) as review_reasons,
    membership.record_last_updated
  from membership
  left join chosen on membership.profile_id = chosen.profile_id
  left join source_keys on membership.profile_id = source_keys.profile_id
  left join activity on membership.profile_id = activity.profile_id
  left join relationship on membership.profile_id = relationship.profile_id
),

{{ golden_profile_final(golden_activity_columns() + [
  'entity_kind', 'customer_status', 'lifecycle_stage', 'account_owner', 'display_name', 'full_name', 'given_name',
  'middle_name', 'family_name', 'date_of_birth', 'gender', 'tax_id', 'email', 'email_is_valid', 'phone',
  'phone_is_valid', 'job_title', 'language', 'organization_name', 'plan', 'region', 'customer_since',
  'organization_profile_id', 'household_profile_id', 'street', 'city', 'address_region', 'postcode', 'country',
  'addresses_text', 'consent_text', 'brands_text', 'match_confidence', 'source_systems_text', 'source_keys_text',
  'member_count', 'review_reasons_text'
]) }}
