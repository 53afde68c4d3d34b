{# True for a full name of one or two plain words, which needs no parser: no comma, no title, no suffix. #}
{% macro normalize_is_plain_name(full_name) -%}
  regexp_like({{ full_name }}, '[^ ,.()"]+( [^ ,.()"]+)?')
  and not regexp_like(
    lower({{ full_name }}),
    '(dr|mr|mrs|ms|miss|sir|prof|herr|frau|madame|monsieur|mme) .*|.* (jr|sr|ii|iii|iv|phd|md|mba|esq)'
  )
{%- endmacro %}

{# A given name without the title that forms let people put before it. #}
{% macro normalize_without_title(given_name) -%}
  regexp_replace({{ given_name }}, '^(([Dd]r|DR|[Mm]rs?|MRS?|[Mm]s|MS|[Pp]rof|PROF|[Hh]err|[Ff]rau)[.]? +)+', '')
{%- endmacro %}
