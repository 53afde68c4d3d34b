{# Pre-hook of an incremental model: drop the rows of records that changed in these source tables, because a changed
   record may no longer yield a row. What it does yield is inserted again by the model. #}
{% macro normalize_forget(column, tables) -%}
  {%- if is_incremental() -%}
  delete from {{ this }}
  where {{ column }} in (
    {%- for table in tables %}
    select _record_key from {{ source('source_snapshot', table) }}
    where _valid_to is null and {{ changed_since('_valid_from') }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
  )
  {%- endif -%}
{%- endmacro %}

{# Pre-hook of person and organization: drop the records that changed into the other kind, or into none. #}
{% macro normalize_forget_others(input) -%}
  {%- set changed = ref(input) -%}
  {%- if is_incremental() -%}
  delete from {{ this }}
  where record_key in (select record_key from {{ changed }} where not is_member)
  {%- endif -%}
{%- endmacro %}
