{#- One row per profile, whatever its kind: `shared` columns that both kinds have, then those that only organizations
    or only people have, each with its type, null for the others. `group` names figures of hierarchy_rollup, for a
    company with all below it; alone, its group is itself. -#}
{% macro golden_perspective(shared, organization, person, group={}) -%}
{%- set of_all = ['profile_id', 'unified_customer_id', 'entity_kind', 'display_name', 'customer_status'] -%}
{%- for kind in ('organization', 'person') %}
select
  {%- for column in of_all + shared %}
  profile.{{ column }},
  {%- endfor %}
  {%- for column, type in organization.items() %}
  {{ 'profile.' ~ column if kind == 'organization' else 'null::' ~ type ~ ' as ' ~ column }},
  {%- endfor %}
  {%- for column, type in person.items() %}
  {{ 'profile.' ~ column if kind == 'person' else 'null::' ~ type ~ ' as ' ~ column }},
  {%- endfor %}
  {%- for column, (type, alone) in group.items() %}
  {{ 'coalesce(rollup.' ~ column ~ ', ' ~ alone ~ ')' if kind == 'organization' else 'null::' ~ type }} as group_{{ column }},
  {%- endfor %}
  profile.changed_at
from {{ ref('golden_' ~ kind) }} as profile
{%- if group and kind == 'organization' %}
left join {{ ref('hierarchy_rollup') }} as rollup on profile.profile_id = rollup.profile_id
{%- endif %}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
{%- endmacro %}
