-- One row per rule set and field: the rule that decided it, and by which code the ledger names it. Every set is kept.
{{ config(unique_key='rule_key', full_refresh=false) }}
-- Indents that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT07,LT09,LT14
with
ownership as (select * from {{ ref('field_ownership') }}),

version as (select {{ golden_rule_set_version() }} as rule_set_version from ownership),

field as (
  {%- for kind in ['organization', 'person'] %}
  {%- set fields = golden_fields(kind) %}
  {%- set expressions = dict(fields.address, **fields.single) %}
  {%- for name in expressions.keys() | sort %}
  select
    '{{ kind }}' as entity_kind,
    '{{ name }}' as field,
    '{{ 'address' if name in fields.address else name }}' as ruled_as,
    {{ loop.index }} as field_no,
    '{{ golden_field_codes()[loop.index0] }}' as field_code,
    '{{ expressions[name] | replace("'", "''") }}' as expression
  {{ 'union all' if not loop.last }}
  {%- endfor %}
  {{ 'union all' if not loop.last }}
  {%- endfor %}
),

ruled as (
  select
    entity_kind,
    field,
    min(rule) as rule,
    listagg(source_system, ',') within group (order by rank, source_system) as ranked_sources
  from ownership
  group by entity_kind, field
)

select
  version.rule_set_version || ':' || field.entity_kind || ':' || field.field as rule_key,
  version.rule_set_version,
  field.entity_kind,
  field.field,
  field.field_no,
  field.field_code,
  field.expression,
  coalesce(ruled.rule, 'most_recent') as rule,
  coalesce(ruled.ranked_sources, '') as ranked_sources,
  {{ run_started_at() }} as changed_at
from field
cross join version
left join ruled on field.entity_kind = ruled.entity_kind and field.ruled_as = ruled.field
{%- if is_incremental() %}
where version.rule_set_version not in (select known.rule_set_version from {{ this }} as known)
{%- endif %}
