{# Post-hook of facts of customers that may be people or companies: follow a customer that changed its kind, or that
   came after the fact. #}
{% macro normalize_mark_kind() -%}
  {%- set person, organization = ref('person'), ref('organization') -%}
  {%- if is_incremental() -%}
  update {{ this }} as fact
  set entity_kind = customer.entity_kind, changed_at = {{ run_started_at() }}
  from (
    select record_key, 'person' as entity_kind from {{ person }}
    union all
    select record_key, 'organization' as entity_kind from {{ organization }}
  ) as customer
  where customer.record_key = fact.record_key and customer.entity_kind <> fact.entity_kind
  {%- endif -%}
{%- endmacro %}
