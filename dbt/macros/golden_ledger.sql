{# The provenance ledger's codes. A version's grounds are text such as `2r1s3ACF1BD`: of the fields A, C and F member 2
   won, member 1 lost as a lower-ranked source and member 3 said the same; of B and D member 1 won, alone. Members are
   numbered from 1 in the order of their keys, fields by RULE_SET of the version's rule set.
   lineage/ledger.py reads it. #}
{% macro golden_field_codes() -%}
  {{ return('ABCDEFGHIJKLMNOPQRSTUVWXYZ@#&*+=<>') }}
{%- endmacro %}

{% macro golden_reason_code(reason) -%}
  case {{ reason }}
    {%- for name, code in {
      'invalid': 'i', 'deleted': 'd', 'same_value': 's', 'united': 'u', 'less_complete': 'c', 'less_frequent': 'f',
      'shorter': 'h', 'lower_ranked_source': 'r', 'tie': 't', 'older': 'o'
    }.items() %}
    when '{{ name }}' then '{{ code }}'
    {%- endfor %}
  end
{%- endmacro %}

{# Names the rules in force and the fields that they decide: an aggregate over field_ownership. #}
{% macro golden_rule_set_version() -%}
  {%- set names = [] -%}
  {%- for kind in ['organization', 'person'] -%}
    {%- set fields = golden_fields(kind) -%}
    {%- do names.append(kind ~ ':' ~ (fields.address.keys() | list + fields.single.keys() | list) | sort | join(',')) -%}
  {%- endfor -%}
  left(md5(
    '{{ names | join(";") }}' || listagg(
      entity_kind || ',' || field || ',' || rank || ',' || source_system || ',' || rule, ';'
    ) within group (order by entity_kind, field, rank, source_system)
  ), 12)
{%- endmacro %}

{# governance/validation.yaml as JSON text, and the name of this content. #}
{% macro golden_validation_text() -%}
  '{{ golden_validation() | tojson }}'
{%- endmacro %}

{% macro golden_validation_set() -%}
  left(md5({{ golden_validation_text() }}), 12)
{%- endmacro %}
