-- One row per customer that is a company.
{{ config(alias='organization', incremental_strategy='replace_touched', meta={'touched': 'touched_profile'}) }}
-- Indents that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT09,LT14
with
{{ golden_profile_ctes('organization') }},

whole as (
  select
    membership.profile_id,
    membership.profile_id as unified_customer_id,
    'organization' as entity_kind,
    {{ golden_customer_status('organization') }} as customer_status,
    chosen.customer_segment,
    chosen.lifecycle_stage,
    chosen.account_owner,
    chosen.legal_name,
    coalesce(chosen.display_name, chosen.legal_name, chosen.domain) as display_name,
    iff(chosen.previous_names is null, array_construct(), split(chosen.previous_names, ' | ')) as previous_names,
    chosen.tax_id,
    chosen.registration_id,
    chosen.domain,
    chosen.website,
    chosen.email,
    coalesce(chosen.email_is_valid, false) as email_is_valid,
    chosen.phone,
    coalesce(chosen.phone_is_valid, false) as phone_is_valid,
    chosen.industry,
    try_to_number(chosen.employee_count) as employee_count,
    try_to_double(chosen.annual_revenue) as annual_revenue,
    chosen.payment_terms,
    chosen.currency,
    coalesce(chosen.plan, activity.subscription_plan) as plan,
    chosen.region,
    chosen.created_at::timestamp_ntz as customer_since,
    {{ golden_address_columns() }},
    chosen.addresses as addresses_text,
    relationship.parent_profile_id,
    relationship.ultimate_parent_profile_id,
    coalesce(relationship.hierarchy_is_cyclic, false) as hierarchy_is_cyclic,
    relationship.hierarchy_conflict,
    coalesce(relationship.contacts, 0) as contacts,
    relationship.primary_contact_profile_id,
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
  'entity_kind', 'customer_status', 'customer_segment', 'lifecycle_stage', 'account_owner', 'legal_name',
  'display_name', 'previous_names', 'tax_id', 'registration_id', 'domain', 'website', 'email', 'email_is_valid',
  'phone', 'phone_is_valid', 'industry', 'employee_count', 'annual_revenue', 'payment_terms', 'currency', 'plan',
  'region', 'customer_since', 'parent_profile_id', 'ultimate_parent_profile_id', 'hierarchy_is_cyclic',
  'hierarchy_conflict', 'contacts', 'primary_contact_profile_id', 'street', 'city', 'address_region', 'postcode', 'country',
  'addresses_text', 'consent_text', 'brands_text', 'match_confidence', 'source_systems_text', 'source_keys_text',
  'member_count', 'review_reasons_text'
]) }}
