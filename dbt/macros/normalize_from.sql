{# A source table in the common raw shape: every keyword is a column, every value a Snowflake expression over the
   table's rows (alias source). What is not given is null, so that all sources unite. All versions of a record are in
   it, as relations have a history; superseded_at is null in the one in force. #}

{% macro normalize_person_from(table) -%}
  {{ normalize_from(table, kwargs, normalize_person_columns()) }}
{%- endmacro %}

{% macro normalize_organization_from(table) -%}
  {{ normalize_from(table, kwargs, normalize_organization_columns()) }}
{%- endmacro %}

{% macro normalize_person_columns() %}
  {%- do return({
    'full_name': 'varchar', 'given_name': 'varchar', 'middle_name': 'varchar', 'family_name': 'varchar',
    'date_of_birth': 'date', 'date_of_birth_text': 'varchar', 'gender': 'varchar', 'email': 'varchar', 'phone': 'varchar', 'phone_2': 'varchar',
    'street': 'varchar', 'city': 'varchar', 'region': 'varchar', 'postcode': 'varchar', 'country': 'varchar',
    'tax_id': 'varchar', 'language': 'varchar', 'job_title': 'varchar',
    'organization_record_key': 'varchar', 'organization_name': 'varchar', 'brand': 'varchar',
    'sales_region': 'varchar', 'lifecycle_stage': 'varchar', 'account_owner': 'varchar', 'created_at': 'timestamp_ntz',
    'crm_record_key': 'varchar', 'billing_record_key': 'varchar', 'user_record_key': 'varchar',
    'attributes': 'variant',
  }) -%}
{% endmacro %}

{% macro normalize_organization_columns() %}
  {%- do return({
    'name': 'varchar', 'legal_name': 'varchar', 'previous_names': 'varchar', 'domain': 'varchar', 'website': 'varchar',
    'email': 'varchar', 'phone': 'varchar',
    'street': 'varchar', 'city': 'varchar', 'region': 'varchar', 'postcode': 'varchar', 'country': 'varchar',
    'tax_id': 'varchar', 'registration_id': 'varchar', 'industry': 'varchar', 'employee_count': 'number(38, 0)',
    'annual_revenue': 'float', 'parent_record_key': 'varchar', 'parent_relation': 'varchar',
    'customer_segment': 'varchar',
    'lifecycle_stage': 'varchar', 'account_owner': 'varchar', 'account_owner_id': 'varchar', 'brand': 'varchar',
    'sales_region': 'varchar', 'payment_terms': 'varchar', 'currency': 'varchar', 'plan': 'varchar',
    'created_at': 'timestamp_ntz',
    'crm_record_key': 'varchar', 'billing_record_key': 'varchar', 'workspace_record_key': 'varchar',
    'attributes': 'variant',
  }) -%}
{% endmacro %}

{% macro normalize_from(table, given, columns) -%}
  {{- config(materialized='ephemeral') -}}
  {%- for keyword in given if keyword not in columns and keyword not in ('id_type', 'member', 'active') -%}
    {{ exceptions.raise_compiler_error(
      "normalize: unknown column '" ~ keyword ~ "' for " ~ table ~ "; use id_type, member, active, "
      ~ columns.keys() | join(', ')
    ) }}
  {%- endfor -%}
  select
    _record_key as record_key,
    split_part(_record_key, ':', 1) as source_system,
    split_part(_record_key, ':', 2) as source_object,
    substr(_record_key, length(split_part(_record_key, ':', 1)) + length(split_part(_record_key, ':', 2)) + 3)
      as source_record_id,
    _snapshot_id as snapshot_id,
    _row_hash as row_hash,
    _valid_from as observed_at,
    _valid_to as superseded_at,
    coalesce(_source_updated_at, {{ normalize_load_day() }}) as source_updated_at,
    _deleted as is_deleted,
    not _deleted and coalesce({{ given.get('active', 'true') }}, true) as is_active,
    coalesce({{ given.get('member', 'true') }}, false) as is_member,
    '{{ given.get('id_type', 'record_id') }}' as id_type
    {%- for column, type in columns.items() %},
    {% if type == 'varchar' and column in given -%}
    nullif(trim({{ given[column] }}), '')
    {%- elif column in given -%}
    {{ given[column] }}::{{ type }}
    {%- else -%}
    null::{{ type }}
    {%- endif %} as {{ column }}
    {%- endfor %}
  from {{ source('source_snapshot', table) }} as source
{%- endmacro %}

{# The record key that an id in another system's column points to; null for none. #}
{% macro normalize_key(prefix, id) -%}
  '{{ prefix }}:' || nullif(trim({{ id }}), '')
{%- endmacro %}

{# True for the rows that changed since the stage last succeeded, in models that are built anew each run. #}
{% macro normalize_changed(column) -%}
  {%- if flags is defined and flags.FULL_REFRESH -%}
    true
  {%- else -%}
    {{ column }} > to_timestamp_ntz('{{ var("processed_to") }}')
  {%- endif -%}
{%- endmacro %}
