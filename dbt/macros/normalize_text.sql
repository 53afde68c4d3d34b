{# German writes ü as ue where it has no ü; both become u. Not after a vowel or q, where ue is two letters (Bauer). #}
{% macro normalize_umlauts(text) -%}
  regexp_replace({{ text }}, '(^|[^aeiouq])([aou])e', '\\1\\2')
{%- endmacro %}

{# Lower-case letters a-z of ASCII text, for comparing. #}
{% macro normalize_letters(ascii) -%}
  nullif({{ normalize_umlauts("regexp_replace(lower(" ~ ascii ~ "), '[^a-z]', '')") }}, '')
{%- endmacro %}

{# All words of some ASCII texts, each once, in alphabetical order. #}
{% macro normalize_words(texts) -%}
  {%- set joint -%}
    {%- for text in texts %}coalesce({{ text }} || ' ', ''){% if not loop.last %} || {% endif %}{% endfor -%}
  {%- endset -%}
  nullif(array_to_string(array_sort(array_distinct(split(
    trim(regexp_replace(regexp_replace(lower({{ joint }}), '[''`.]', ''), '[^a-z0-9]+', ' ')), ' '
  ))), ' '), '')
{%- endmacro %}

{# True for text that needs transliteration. #}
{% macro normalize_is_foreign(text) -%}
  {{ text }} is not null and not regexp_like({{ text }}, '[ -~]*')
{%- endmacro %}

{# A name for display: single spaces; names all in capitals or all in small letters get capitals where words begin. #}
{% macro normalize_display_name(text) -%}
  iff(
    {{ text }} = upper({{ text }}) and length({{ text }}) > 3 or {{ text }} = lower({{ text }}),
    initcap(regexp_replace({{ text }}, '\\s+', ' ')),
    regexp_replace({{ text }}, '\\s+', ' ')
  )
{%- endmacro %}

{# Where a number without a country code is at home: the record's country, else that of its locale (fr-FR), else that
   of the first host name that ends in one (acme.pl), else its language's, else the default. #}
{% macro normalize_phone_home(country, hosts, locale=none) -%}
  coalesce(
    {{ country }}
    {%- if locale %},
    iff(regexp_like({{ locale }}, '[a-z]{2}[-_][A-Z]{2}'), right({{ locale }}, 2), null)
    {%- endif %}
    {%- for host in hosts %},
    case
      when lower(split_part({{ host }}, '.', -1)) = 'uk' then 'GB'
      when lower(split_part({{ host }}, '.', -1)) in (
        'at', 'au', 'be', 'br', 'ca', 'ch', 'cz', 'de', 'dk', 'es', 'fi', 'fr', 'gr', 'hu', 'ie', 'in', 'it', 'jp',
        'lu', 'mx', 'nl', 'no', 'nz', 'pl', 'pt', 'ro', 'ru', 'se', 'sk', 'tr', 'ua', 'us', 'za'
      ) then upper(split_part({{ host }}, '.', -1))
    end
    {%- endfor %}
    {%- if locale %},
    case lower(left({{ locale }}, 2))
      when 'sv' then 'SE'
      when 'da' then 'DK'
      when 'cs' then 'CZ'
      when 'el' then 'GR'
      when 'nb' then 'NO'
      when 'de' then 'DE'
      when 'fr' then 'FR'
      when 'it' then 'IT'
      when 'es' then 'ES'
      when 'nl' then 'NL'
      when 'pl' then 'PL'
      when 'fi' then 'FI'
    end
    {%- endif %},
    '{{ var("normalized_default_country", "US") }}'
  )
{%- endmacro %}

{# The country that parse_phone is asked with: none (ZZ) where the number names its own, so that it is parsed once. #}
{% macro normalize_phone_country(phone, home) -%}
  iff(startswith({{ phone }}, '+'), 'ZZ', {{ home }})
{%- endmacro %}

{# The host of an address, as the key of domain_value. #}
{% macro normalize_email_host(email) -%}
  nullif(lower(split_part({{ email }}, '@', 2)), '')
{%- endmacro %}

{# Ends of host names that need no second look; other ends are left to parse_email. #}
{% macro normalize_plain_suffix() -%}
  (com|net|org|io|co|info|biz|eu|de|at|ch|fr|nl|be|es|it|uk|pl|se|dk|fi|no|us|ca|au|mx|br|ie|pt|cz|gr|ru|ua|example)
{%- endmacro %}
