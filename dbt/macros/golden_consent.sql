{# How strict a state of consent is: where facts conflict, the strictest holds. Only 0 is consent. #}
{% macro golden_strictness(state) -%}
  case {{ state }} when 'denied' then 4 when 'withdrawn' then 3 when 'unknown' then 2 when 'expired' then 1 else 0 end
{%- endmacro %}
