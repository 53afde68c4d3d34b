{# Descriptions go to the warehouse when a model is built anew; an incremental run finds them there. #}
{% macro persist_docs(relation, model, for_relation=true, for_columns=true) -%}
  {%- if should_full_refresh() or model.config.materialized == 'view' -%}
    {{ return(adapter.dispatch('persist_docs', 'dbt')(relation, model, for_relation, for_columns)) }}
  {%- endif -%}
{%- endmacro %}
