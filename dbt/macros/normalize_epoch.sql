{# UTC time of a count of seconds (or milliseconds) since 1970. #}
{% macro normalize_epoch(count, unit='second') -%}
  dateadd('{{ unit }}', {{ count }}, '1970-01-01'::timestamp_ntz)
{%- endmacro %}
