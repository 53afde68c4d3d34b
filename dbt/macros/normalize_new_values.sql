{# The values of `written` that the table does not hold yet: each is parsed once. #}
{% macro normalize_new_values(columns=['raw']) -%}
  {%- set names = columns | join(', ') -%}
  select distinct {{ names }} from written
  where raw is not null
  {%- if is_incremental() %}
  except
  select {{ names }} from {{ this }}
  {%- endif %}
{%- endmacro %}
