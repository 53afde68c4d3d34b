{# What a version keeps of a profile: what it says about the customer, not what can be computed from it. #}
{% macro golden_profile_object(entity_kind) -%}
  {%- set own = {
    'organization': ['customer_segment', 'legal_name', 'registration_id', 'domain', 'website', 'industry',
      'employee_count', 'annual_revenue', 'payment_terms', 'currency', 'parent_profile_id',
      'ultimate_parent_profile_id', 'contacts', 'primary_contact_profile_id'],
    'person': ['full_name', 'given_name', 'middle_name', 'family_name', 'date_of_birth', 'gender', 'job_title',
      'language', 'organization_profile_id', 'household_profile_id']
  }[entity_kind] -%}
  {%- set columns = ['customer_status', 'lifecycle_stage', 'account_owner', 'display_name', 'tax_id', 'email', 'phone',
    'street', 'city', 'address_region', 'postcode', 'country', 'region', 'plan', 'consent', 'source_keys',
    'match_confidence', 'member_count', 'review_reasons', 'record_last_updated'] + own + golden_activity_columns() -%}
  object_construct(
    {%- for column in columns %}
    '{{ column }}', {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
  )
{%- endmacro %}
