{# md5 over columns; null and '' differ, and so do ('a', 'b') and ('ab', null). #}
{% macro golden_hash(columns) -%}
  md5(concat_ws('|'
    {%- for column in columns -%}
    , coalesce({{ column }}::varchar, chr(1))
    {%- endfor -%}
  ))
{%- endmacro %}

{# The final select of a model that is computed whole and written where it differs: rows as they changed, with the
   time of the change. #}
{% macro golden_only_changed(cte) -%}
select
  {{ cte }}.*,
  {{ run_started_at() }} as changed_at
from {{ cte }}
{%- if is_incremental() %}
left join {{ this }} as before on before.profile_id = {{ cte }}.profile_id
where before.row_hash is null or before.row_hash <> {{ cte }}.row_hash
{%- endif %}
{%- endmacro %}
