{# Edges from changed records to the records that one of their columns names. `type` is a name or an expression. #}
{% macro normalize_relation(input, link, type, evidence) -%}
  select
    {{ input }}.record_key as from_record_key,
    {{ input }}.{{ link }} as to_record_key,
    {{ type if '(' in type else "'" ~ type ~ "'" }} as relation_type,
    '{{ evidence }}' as evidence,
    {{ input }}.source_system,
    {{ input }}.source_updated_at as valid_from,
    {{ input }}.is_deleted
  from {{ input }}
{%- endmacro %}

{# Pre-hook of relation: edges of changed records go, and household edges that no longer hold. #}
{% macro normalize_forget_relations() -%}
  {%- if is_incremental() -%}
  delete from {{ this }}
  where from_record_key in (
    select record_key from {{ ref('person_input') }}
    union all
    select record_key from {{ ref('organization_input') }}
  )
  or relation_type = 'household_member_of' and from_record_key || '|' || to_record_key not in (
    select record_key || '|' || head_record_key from {{ ref('household') }}
  )
  {%- endif -%}
{%- endmacro %}
