{# The fields that survivorship decides, per kind: field of the profile -> expression over the record `r`.
   Address fields stand in one lock-step group: a record with any of them competes with all of them. #}
{% macro golden_fields(entity_kind) -%}
  {%- set address = {
    'street': 'r.street', 'city': 'r.city', 'address_region': 'r.region', 'postcode': 'r.postcode', 'country': 'r.country'
  } -%}
  {%- set shared = {
    'email': 'r.email', 'phone': 'r.phone', 'tax_id': 'r.tax_id', 'brands': 'r.brand', 'region': 'r.sales_region',
    'lifecycle_stage': 'r.lifecycle_stage', 'account_owner': 'r.account_owner',
    'created_at': "to_varchar(r.created_at, 'YYYY-MM-DD HH24:MI:SS')",
    'addresses': "nullif(ltrim(coalesce(r.street, '') || coalesce(', ' || r.postcode, '') || coalesce(', ' || r.city, '')"
      ~ " || coalesce(', ' || r.country, ''), ', '), '')"
  } -%}
  {%- set own = {
    'organization': {
      'display_name': 'r.name', 'legal_name': 'r.legal_name', 'previous_names': 'r.previous_names', 'domain': 'r.domain',
      'website': 'r.website', 'registration_id': 'r.registration_id', 'industry': 'r.industry',
      'employee_count': 'r.employee_count::number(38, 0)::varchar',
      'annual_revenue': 'r.annual_revenue::number(38, 2)::varchar', 'customer_segment': 'r.customer_segment',
      'payment_terms': 'r.payment_terms', 'currency': 'r.currency', 'plan': 'r.plan'
    },
    'person': {
      'full_name': 'r.full_name', 'given_name': 'r.given_name', 'middle_name': 'r.middle_name',
      'family_name': 'r.family_name', 'date_of_birth': "to_varchar(r.date_of_birth, 'YYYY-MM-DD')",
      'gender': 'r.gender', 'language': 'r.language', 'job_title': 'r.job_title',
      'organization_name': 'r.organization_name'
    }
  }[entity_kind] -%}
  {{ return({'address': address, 'single': dict(own, **shared)}) }}
{%- endmacro %}

{# Whether the record's value of `field` may win over a valid one. #}
{% macro golden_is_valid(entity_kind) -%}
  case field
    when 'EMAIL' then email_is_valid and not email_is_shared
    when 'PHONE' then phone_is_valid and not phone_is_shared
    {%- if entity_kind == 'organization' %}
    when 'TAX_ID' then tax_id_is_valid
    when 'DOMAIN' then not domain_is_shared
    {%- endif %}
    else true
  end
{%- endmacro %}
