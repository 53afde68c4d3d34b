{# The day on which a version was loaded, for sources that do not say when a record changed. Not the moment: within one
   load that tells in which order files were read, and a load that was killed and resumed would order otherwise. #}
{% macro normalize_load_day() -%}
  date_trunc('day', _valid_from)
{%- endmacro %}
