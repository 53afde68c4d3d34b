{# The one list of who contributes what: model <system>__<kind> in models/normalized_record/<system>/.
   Explicit, because dbt has to know every ref before it knows the graph. One line per kind. #}
{% macro normalize_sources(kind) %}
  {%- set sources = {
    'person': ['salesforce', 'netsuite', 'stripe', 'zendesk', 'hubspot', 'product_analytics', 'shopify'],
    'organization': ['salesforce', 'netsuite', 'stripe', 'zendesk', 'product_analytics', 'enrichment'],
    'opportunity': ['salesforce'],
    'transaction': ['netsuite', 'stripe', 'shopify'],
    'subscription': ['stripe'],
    'ticket': ['zendesk'],
    'feature_adoption': ['product_analytics'],
    'device': ['product_analytics'],
    'consent_event': ['consent', 'salesforce', 'hubspot', 'shopify'],
  } -%}
  {%- do return(sources[kind]) -%}
{% endmacro %}

{# All sources' rows of one kind. #}
{% macro normalize_union(kind) -%}
  {%- for system in normalize_sources(kind) %}
  select * from {{ ref(system ~ '__' ~ kind) }}
  {%- if not loop.last %}
  union all
  {%- endif %}
  {%- endfor %}
{%- endmacro %}
