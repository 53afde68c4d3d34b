{# The date that windows such as "the last 30 days" end on: the run's own, so that a rerun of the run gives the same. #}
{% macro golden_as_of() -%}
  to_timestamp_ntz('{{ var("run_started_at") }}')::date
{%- endmacro %}

{# A table of this stage as the last run left it. Not a ref: what is read is the past, and a ref would be a cycle. #}
{% macro golden_previous(name) -%}
  {%- if execute -%}
    {{ return(adapter.get_relation(this.database, this.schema, name | upper)) }}
  {%- endif -%}
{%- endmacro %}

{# Post-hook of models that are written where changed: profiles that are no more go. #}
{% macro golden_forget_gone() -%}
  {%- if is_incremental() -%}
  delete from {{ this }} where profile_id not in (select profile_id from {{ source('match_cluster', 'cluster') }})
  {%- endif -%}
{%- endmacro %}

{# Which of these columns the table does not have yet. #}
{% macro golden_missing_columns(names) -%}
  {%- set missing = [] -%}
  {%- if execute and is_incremental() -%}
    {%- set known = adapter.get_columns_in_relation(this) | map(attribute='name') | map('lower') | list -%}
    {%- for name in names if name not in known -%}{%- do missing.append(name) -%}{%- endfor -%}
  {%- endif -%}
  {{ return(missing) }}
{%- endmacro %}

{# Post-hook of hierarchy_rollup: companies that are in no group any more go. #}
{% macro golden_forget_ungrouped() -%}
  {%- if is_incremental() -%}
  delete from {{ this }}
  where profile_id not in (
    select ancestor_profile_id from {{ source('match_cluster', 'hierarchy') }}
    union all
    select descendant_profile_id from {{ source('match_cluster', 'hierarchy') }}
  )
  {%- endif -%}
{%- endmacro %}
