-- One row per typed edge between two source records.
{{ config(
    unique_key='relation_key',
    pre_hook="{{ normalize_forget_relations() }}"
) }}
-- The branches come from macros, which the indent rule cannot follow.
-- noqa: disable=LT02,LT09,LT14
with
person_input as (
  select * from {{ ref('person_input') }}
  where is_member
),

organization_input as (
  select * from {{ ref('organization_input') }}
  where is_member
),

household as (select * from {{ ref('household') }}),

person as (select * from {{ ref('person') }}),

edge as (
  {{ normalize_relation('organization_input', 'parent_record_key', 'child_of', 'parent of the record') }}
  union all
  {{ normalize_relation(
    'organization_input', 'crm_record_key',
    "iff(organization_input.id_type = 'workspace_id', 'workspace_of', 'billing_entity_of')", 'link to the CRM record'
  ) }}
  where organization_input.id_type in ('workspace_id', 'billing_id')
  union all
  {{ normalize_relation('organization_input', 'billing_record_key', 'workspace_of', 'link to the billing record') }}
  where organization_input.id_type = 'workspace_id'
  union all
  {{ normalize_relation('person_input', 'organization_record_key', 'employee_of', 'organization of the record') }}
  union all
  select
    household.record_key as from_record_key,
    household.head_record_key as to_record_key,
    'household_member_of' as relation_type,
    'same address and family name' as evidence,
    person.source_system,
    person.source_updated_at as valid_from,
    false as is_deleted
  from household
  inner join person on household.record_key = person.record_key
)

select
  md5(edge.from_record_key || '|' || edge.relation_type || '|' || edge.to_record_key) as relation_key,
  edge.from_record_key,
  edge.to_record_key,
  edge.relation_type,
  edge.evidence,
  edge.source_system,
  edge.valid_from,
  iff(edge.is_deleted, edge.valid_from, null) as valid_to,
  {{ run_started_at() }} as changed_at
from edge
{%- if is_incremental() %}
-- Households are found anew each run; those that stand already keep their time of change.
left join {{ this }} as standing
  on
    edge.relation_type = 'household_member_of'
    and standing.relation_type = 'household_member_of'
    and edge.from_record_key = standing.from_record_key
    and edge.to_record_key = standing.to_record_key
{%- endif %}
where
  edge.to_record_key is not null
  and edge.from_record_key <> edge.to_record_key
  {%- if is_incremental() %}
  and standing.relation_key is null
  {%- endif %}
qualify row_number() over (
  partition by edge.from_record_key, edge.relation_type, edge.to_record_key
  order by edge.evidence
) = 1
