{# A date of birth as people write it: 1971-06-24, 19710624, 24.06.1971, 6/24/1971, 24 June 1971, 1971. The result is
   YYYY-MM-DD also where no such day exists, because a slip of the keyboard still says most of it, and YYYY for a year
   alone; null for anything else. Day and month in doubt are read as the sign between them is used: 4/6 is the sixth
   of April, 4.6. and 4-6 the fourth of June. #}
{% macro normalize_birth_key(text) -%}
  case
    when regexp_like({{ text }}, '[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}([ T].*)?')
      then {{ normalize_date_parts("regexp_replace(" ~ text ~ ", '[ T].*', '')", 1, 2, 3) }}
    when regexp_like({{ text }}, '(1[5-9]|20)[0-9]{6}')
      then left({{ text }}, 4) || '-' || substr({{ text }}, 5, 2) || '-' || substr({{ text }}, 7, 2)
    when regexp_like({{ text }}, '[0-9]{8}')
      then substr({{ text }}, 5, 4) || '-' || substr({{ text }}, 3, 2) || '-' || left({{ text }}, 2)
    when regexp_like({{ text }}, '(1[3-9]|[23][0-9])[-/.][0-9]{1,2}[-/.][0-9]{4}')
      or regexp_like({{ text }}, '[0-9]{1,2}[-.](0?[0-9]|1[0-2])[-.][0-9]{4}')
      then {{ normalize_date_parts(text, 3, 2, 1) }}
    when regexp_like({{ text }}, '[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}')
      then {{ normalize_date_parts(text, 3, 1, 2) }}
    when regexp_like({{ text }}, '(1[5-9]|20)[0-9]{2}') then {{ text }}
    {%- for format in ['DD MON YYYY', 'MON DD YYYY', 'DD MMMM YYYY', 'MMMM DD YYYY'] %}
    when try_to_date(regexp_replace({{ text }}, '[-,. ]+', ' '), '{{ format }}') is not null
      then try_to_date(regexp_replace({{ text }}, '[-,. ]+', ' '), '{{ format }}')::varchar
    {%- endfor %}
  end
{%- endmacro %}

{# Three numbers with a sign between them as YYYY-MM-DD; which is which is told by position. #}
{% macro normalize_date_parts(text, year, month, day) -%}
  {%- set plain = "regexp_replace(" ~ text ~ ", '[/.]', '-')" -%}
  split_part({{ plain }}, '-', {{ year }}) || '-' || lpad(split_part({{ plain }}, '-', {{ month }}), 2, '0')
  || '-' || lpad(split_part({{ plain }}, '-', {{ day }}), 2, '0')
{%- endmacro %}
