{# Materialization `changed_rows`: an incremental table with as few statements as its strategy needs; dbt's own one also
   describes both tables and drops what the session drops. Strategies: `append`; `replace_rows`, the rows of the model's
   unique_key; `replace_touched`, all rows of the touched profiles, so that what a profile no longer has goes, too.
   A table's columns never change here: a model whose code changed is built anew. #}
{% materialization changed_rows, adapter='snowflake' -%}
  {%- set existing = load_relation(this) -%}
  {%- set target = this.incorporate(type='table') -%}

  {{ run_hooks(pre_hooks) }}
  {%- if existing is none or should_full_refresh() -%}
    {%- call statement('main') -%}
      {{ create_table_as(False, target, compiled_code) }}
    {%- endcall -%}
  {%- else -%}
    {%- set columns = adapter.get_columns_in_relation(existing) | map(attribute='quoted') | join(', ') -%}
    {%- set strategy = config.require('incremental_strategy') -%}
    {%- if strategy == 'append' -%}
      {%- call statement('main') -%}
        insert into {{ target }} ({{ columns }})
        select {{ columns }} from ({{ '\n' ~ compiled_code }}
        ) as written
      {%- endcall -%}
    {%- else -%}
      {%- set written = make_temp_relation(target) -%}
      {%- set replaced = changed_rows_replaced(strategy, written) -%}
      {#- What is written is kept first: the model may read the rows that it replaces. A MERGE would do with less, but
          to change rows in place costs the embedded engine fifty times as much as to delete and insert them. -#}
      {%- call statement('written') -%}
        {{ create_table_as(True, written, compiled_code) }}
      {%- endcall -%}
      {%- set dml -%}
        delete from {{ target }} where {{ replaced }};
        insert into {{ target }} ({{ columns }}) select {{ columns }} from {{ written }}
      {%- endset -%}
      {%- call statement('main') -%}
        {{ snowflake_dml_explicit_transaction(dml) }}
      {%- endcall -%}
    {%- endif -%}
  {%- endif -%}
  {{ run_hooks(post_hooks) }}
  {%- do persist_docs(target, model) -%}
  {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{# Which rows of the table make room for what is written. #}
{% macro changed_rows_replaced(strategy, written) -%}
  {%- if strategy == 'replace_rows' -%}
    {%- set key = config.require('unique_key') -%}
    {{ key }} in (select {{ key }} from {{ written }})
  {%- elif strategy == 'replace_touched' -%}
    {%- set predicate = config.require('meta').get('touched_where') -%}
    profile_id in (
      select t.profile_id from {{ ref(config.require('meta').touched) }} as t{{ ' where ' ~ predicate if predicate }}
    )
  {%- else -%}
    {{ exceptions.raise_compiler_error('changed_rows has no strategy ' ~ strategy ~ '.') }}
  {%- endif -%}
{%- endmacro %}

{# dbt's own one asks for materializations called `incremental` alone. #}
{% macro is_incremental() -%}
  {%- if not execute or model.config.materialized not in ('incremental', 'changed_rows') or should_full_refresh() -%}
    {{ return(false) }}
  {%- endif -%}
  {%- set relation = adapter.get_relation(this.database, this.schema, this.table) -%}
  {{ return(relation is not none and relation.type == 'table') }}
{%- endmacro %}
