{# Words of addresses that have several spellings: the short one -> the others, in small ASCII letters, as an
   alternation. A blank within a spelling is two, as between all words here. #}
{% macro normalize_street_words() %}
  {%- do return({
    'st': 'street|str|strt|strasse|strase|straat|saint|sankt|szt', 'ave': 'av|aven|avenue|avn|avda|avenida',
    'rd': 'road', 'dr': 'drive|drv', 'ln': 'lane', 'ct': 'court|crt', 'pl': 'place|platz|plac', 'sq': 'square|sqr',
    'plz': 'plaza|pza|plza|piazza|praca', 'blvd': 'boulevard|bd|bld|blv|boul|bulvar', 'hwy': 'highway|hiway|hiwy',
    'pkwy': 'parkway|parkwy|pkway|pky', 'ter': 'terrace|terr', 'cir': 'circle|circ|crcle', 'cres': 'crescent|crsnt',
    'trl': 'trail', 'aly': 'alley|ally', 'expy': 'expressway|expwy', 'fwy': 'freeway|frwy', 'tpke': 'turnpike|tpk',
    'xing': 'crossing', 'gdns': 'gardens|gdn|garden', 'grv': 'grove', 'wy': 'way', 'rte': 'route', 'ctr': 'center|centre',
    'mt': 'mount', 'ft': 'fort', 'hts': 'heights', 'brg': 'bridge', 'sta': 'station',
    'c': 'calle|cl', 'ctra': 'carretera|crta', 'v': 'via', 'vle': 'viale', 'cso': 'corso', 'r': 'rue|rua',
    'ch': 'chemin|che', 'imp': 'impasse', 'all': 'allee', 'fbg': 'faubourg|fg', 'ul': 'ulica', 'al': 'aleja|aleje',
    'n  e': 'northeast|ne', 'n  w': 'northwest|nw', 's  e': 'southeast|se', 's  w': 'southwest|sw',
    'n': 'north|nord|norte', 's': 'south|sud|sur', 'e': 'east|est|este', 'w': 'west|ouest|oeste',
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

{# The column `street_letters`: street and number in one spelling. ASCII letters, one short form of each word, no unit
   as long as a number is left, no type after a name (12 N. Main St Ste 4 = 12 North Main). A number keeps its type:
   5th Ave is not 5th St. The columns before it are its steps: one expression of all words nests too deep for parsers. #}
{% macro normalize_street_letters(ascii) -%}
  ' ' || regexp_replace(regexp_replace(lower({{ ascii }}), '(.)#', '\\1 unit '), '[^a-z0-9]+', '  ') || ' '
    as street_given,
  regexp_replace(street_given, '{{ normalize_street_unit() }}', ' ') as street_unitless,
  iff(regexp_like(street_unitless, '.*[0-9].*'), street_unitless, replace(street_given, ' unit ', '')) as street_words,
  {%- set steps = ['street_words'] %}
  {%- for words in normalize_street_words().items() | batch(14) %}
  {% for _ in words %}regexp_replace({% endfor %}{{ steps[-1] }}
  {%- for short, others in words %}, ' ({{ others }}) ', ' {{ short }} '){% endfor %} as street_words_{{ loop.index }},
  {%- do steps.append('street_words_' ~ loop.index) %}
  {%- endfor %}
  regexp_replace(
    trim(regexp_replace({{ steps[-1] }}, ' +', ' ')), '([a-z])str(asse|aat)( |$)', '\\1str\\3'
  ) as street_short,
  nullif(
    regexp_replace(
      {{ normalize_umlauts('street_short') }},
      '((^| )[a-z][a-z][a-z]+) {{ normalize_street_types() }}(( [nsew])*)$', '\\1\\4'
    ),
    ''
  ) as street_letters
{%- endmacro %}
