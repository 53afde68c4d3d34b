{# HOUSEHOLD as the last run left it; none where there was no run, or one that kept no history. #}
{% macro normalize_households_before() -%}
  {%- if execute -%}
    {%- set relation = adapter.get_relation(this.database, this.schema, this.table) -%}
    {%- if relation is not none and relation.type == 'table' -%}
      {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list -%}
      {%- if 'membership_key' in columns -%}
        {{ return(relation) }}
      {%- endif -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}
