{#- One row per profile, whatever its kind: `shared` columns that both kinds have, then those that only organizations
    or only people have, each with its type, null for the others. -#}
{% macro golden_perspective(shared, organization, person) -%}
{%- set of_all = ['profile_id', 'unified_customer_id', 'entity_kind', 'display_name', 'customer_status'] -%}
{%- for kind in ('organization', 'person') %}
select
  {{ (of_all + shared) | join(',\n  ') }},
  {%- for column, type in organization.items() %}
  {{ column if kind == 'organization' else 'null::' ~ type ~ ' as ' ~ column }},
  {%- endfor %}
  {%- for column, type in person.items() %}
  {{ column if kind == 'person' else 'null::' ~ type ~ ' as ' ~ column }},
  {%- endfor %}
  changed_at
from {{ ref('golden_' ~ kind) }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
{%- endmacro %}
