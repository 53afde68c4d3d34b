{# The run's start: what changed_at of every row becomes that this run writes. #}
{% macro run_started_at() -%}
  to_timestamp_ntz('{{ var("run_started_at") }}')
{%- endmacro %}

{# True for rows of an input that changed since this stage last succeeded. A full refresh takes all rows. #}
{% macro changed_since(column) -%}
  {%- if is_incremental() -%}
    {{ column }} > to_timestamp_ntz('{{ var("processed_to") }}')
  {%- else -%}
    true
  {%- endif -%}
{%- endmacro %}
