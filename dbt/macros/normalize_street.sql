{# Words of addresses that have several spellings: the short one -> the others, in small ASCII letters, as an
   alternation. A blank within a spelling is two, as between all words here. The common ones come first: they are taken
   by the dozen, and a dozen of which an address has no word costs one look. #}
{% macro normalize_street_words() %}
  {%- do return({
    'st': 'street|str|strt|strasse|strase|straat|saint|sankt|szt', 'ave': 'av|aven|avenue|avn|avda|avenida',
    'rd': 'road', 'dr': 'drive|drv', 'ln': 'lane', 'ct': 'court|crt', 'pl': 'place|platz|plac',
    'blvd': 'boulevard|bd|bld|blv|boul|bulvar', 'n': 'north|nord|norte', 's': 'south|sud|sur', 'e': 'east|est|este',
    'w': 'west|ouest|oeste', 'r': 'rue|rua', 'v': 'via',
    'sq': 'square|sqr', 'plz': 'plaza|pza|plza|piazza|praca', 'hwy': 'highway|hiway|hiwy',
    'pkwy': 'parkway|parkwy|pkway|pky', 'ter': 'terrace|terr', 'cir': 'circle|circ|crcle', 'cres': 'crescent|crsnt',
    'trl': 'trail', 'aly': 'alley|ally', 'expy': 'expressway|expwy', 'fwy': 'freeway|frwy', 'tpke': 'turnpike|tpk',
    'xing': 'crossing', 'gdns': 'gardens|gdn|garden', 'grv': 'grove', 'wy': 'way', 'rte': 'route', 'ctr': 'center|centre',
    'mt': 'mount', 'ft': 'fort', 'hts': 'heights', 'brg': 'bridge', 'sta': 'station',
    'c': 'calle|cl', 'ctra': 'carretera|crta', 'vle': 'viale', 'cso': 'corso', 'ch': 'chemin|che', 'imp': 'impasse',
    'all': 'allee', 'fbg': 'faubourg|fg', 'ul': 'ulica', 'al': 'aleja|aleje',
    'n  e': 'northeast|ne', 'n  w': 'northwest|nw', 's  e': 'southeast|se', 's  w': 'southwest|sw',
    '1st': 'first', '2nd': 'second', '3rd': 'third', '4th': 'fourth', '5th': 'fifth', '6th': 'sixth', '7th': 'seventh',
    '8th': 'eighth', '9th': 'ninth', '10th': 'tenth', 'po  box': 'p  o  box|pobox|postbox|postfach',
  }) -%}
{% endmacro %}

{# What people leave out at the end of an English address; elsewhere the type stands before the name or in it. #}
{% macro normalize_street_types() -%}
  (st|ave|rd|dr|ln|ct|pl|sq|plz|blvd|hwy|pkwy|ter|cir|cres|trl|aly|expy|fwy|tpke|xing|gdns|grv|wy)
{%- endmacro %}

{# A flat, a suite, a floor: words -> what may follow them. Ste is also Sainte, so a name may not. #}
{% macro normalize_street_unit() -%}
  ( (apt|apartment|suite|ste|unit|flat|rm|room|fl|floor|bldg|building|dept|lot)  ([a-z]?[0-9]+[a-z]?|[a-z]) | [0-9]+(st|nd|rd|th)  (fl|floor) )
{%- endmacro %}

{# CTEs after `relation`, the last one named `result`: its rows with `street_letters`, street and number of the column
   `street_in_ascii` in one spelling. ASCII letters, one short form of each word, no unit as long as a number is left, no
   type after a name (12 N. Main St Ste 4 = 12 North Main). A number keeps its type: 5th Ave is not 5th St.
   In steps: one expression of all words nests too deep for parsers, and a step whose words no address has is skipped. #}
{% macro normalize_street_letters(relation, result) -%}
street_given as (
  select
    *,
    ' ' || regexp_replace(regexp_replace(lower(street_in_ascii), '(.)#', '\\1 unit '), '[^a-z0-9]+', '  ') || ' '
      as street_words
  from {{ relation }}
),

street_unitless as (
  select
    *,
    regexp_replace(street_words, '{{ normalize_street_unit() }}', ' ') as street_words_0
  from street_given
),

street_step_0 as (
  select
    * exclude (street_words_0),
    iff(regexp_like(street_words_0, '.*[0-9].*'), street_words_0, replace(street_words, ' unit ', '')) as street_words_0
  from street_unitless
),
{%- set steps = [0] %}
{%- for words in normalize_street_words().items() | batch(14) %}

street_step_{{ loop.index }} as (
  select
    *,
    iff(
      regexp_like(street_words_{{ loop.index0 }}, '.* ({{ words | map(attribute=1) | join('|') }}) .*'),
      {% for _ in words %}regexp_replace({% endfor %}street_words_{{ loop.index0 }}
      {%- for short, others in words %}, ' ({{ others }}) ', ' {{ short }} '){% endfor %},
      street_words_{{ loop.index0 }}
    ) as street_words_{{ loop.index }}
  from street_step_{{ loop.index0 }}
),
{%- do steps.append(loop.index) %}
{%- endfor %}

{{ result }} as (
  select
    *,
    nullif(
      regexp_replace(
        {{ normalize_umlauts(
          "regexp_replace(trim(regexp_replace(street_words_" ~ steps[-1] ~ ", ' +', ' ')),"
          ~ " '([a-z])str(asse|aat)( |$)', '\\\\1str\\\\3')"
        ) }},
        '((^| )[a-z][a-z][a-z]+) {{ normalize_street_types() }}(( [nsew])*)$', '\\1\\4'
      ),
      ''
    ) as street_letters
  from street_step_{{ steps[-1] }}
)
{%- endmacro %}
