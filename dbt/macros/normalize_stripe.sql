{# Stripe has one object for both; the sign-up form writes which one it is into the metadata. #}
{% macro normalize_stripe_is_person() -%}
  coalesce(metadata:kind::varchar, 'company') = 'individual'
{%- endmacro %}
