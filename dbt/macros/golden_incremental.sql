{# Incremental strategy `replace_touched`: everything of the touched profiles is replaced in one transaction,
   so that what a profile no longer has goes, too. #}
{% macro get_incremental_replace_touched_sql(arg_dict) -%}
  {%- set target = arg_dict['target_relation'] -%}
  {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  {%- set touched = config.get('meta').touched -%}
  {%- set predicate = config.get('meta').get('touched_where') -%}
  {%- set dml -%}
  delete from {{ target }}
  where profile_id in (
    select t.profile_id from {{ ref(touched) }} as t{{ ' where ' ~ predicate if predicate }}
  );
  insert into {{ target }} ({{ columns }}) select {{ columns }} from {{ arg_dict['temp_relation'] }}
  {%- endset -%}
  {{ return(snowflake_dml_explicit_transaction(dml)) }}
{%- endmacro %}

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
