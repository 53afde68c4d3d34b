-- One row per typed edge and period in which it held: from a source record to another one, or to a node that is none.
{{ config(
    unique_key='relation_key',
    pre_hook="{{ normalize_forget_relations() }}"
) }}
-- depends_on: {{ ref('person_input') }} {{ ref('organization_input') }}
-- The branches come from macros, which the indent rule cannot follow.
-- noqa: disable=LT02,LT09,LT14
with
person_given as (
  {{ normalize_versions('person') }}
),

organization_given as (
  {{ normalize_versions('organization') }}
),

person_dated as (
  select
    record_key,
    source_system,
    is_member,
    is_deleted,
    version_no,
    organization_record_key,
    brand,
    {{ normalize_version_since() }} as since
  from person_given
),

organization_dated as (
  select
    record_key,
    source_system,
    id_type,
    is_member,
    is_deleted,
    version_no,
    parent_record_key,
    coalesce(parent_relation, 'subsidiary_of') as parent_relation,
    crm_record_key,
    billing_record_key,
    brand,
    sales_region,
    regexp_substr(lower(name), '[^ ]+$') as last_word,
    {{ normalize_version_since() }} as since
  from organization_given
),

-- A version holds until the next one; it cannot end before it began, whatever the source says.
person_version as (
  select
    *,
    greatest(lead(since) over (partition by record_key order by version_no), since) as until
  from person_dated
),

organization_version as (
  select
    organization_dated.*,
    department.department,
    greatest(
      lead(organization_dated.since) over (
        partition by organization_dated.record_key order by organization_dated.version_no
      ), organization_dated.since
    ) as until
  from organization_dated
  left join {{ ref('department') }} as department on organization_dated.last_word = department.word
),

workspace_version as (select * from organization_version where id_type = 'workspace_id'),

billing_version as (select * from organization_version where id_type = 'billing_id'),

account_version as (select * from organization_version where id_type = 'crm_id'),

stated as (
  {{ normalize_relation(
    'organization_version', 'parent_record_key', 'coalesce(parent_relation)', 'parent of the record'
  ) }}
  union all
  {{ normalize_relation('billing_version', 'crm_record_key', 'billing_entity_of', 'link to the CRM record') }}
  union all
  {{ normalize_relation('billing_version', 'record_key', 'has_billing_entity', 'billed under it', 'billing_entity') }}
  union all
  {{ normalize_relation('workspace_version', 'crm_record_key', 'workspace_of', 'link to the CRM record') }}
  union all
  {{ normalize_relation('workspace_version', 'billing_record_key', 'workspace_of', 'link to the billing record') }}
  union all
  {{ normalize_relation('workspace_version', 'record_key', 'has_workspace', 'works in it', 'workspace') }}
  union all
  {{ normalize_relation(
    'workspace_version', 'department', 'has_business_unit', 'workspace named for a department', 'business_unit'
  ) }}
  union all
  {{ normalize_relation(
    'account_version', 'sales_region', 'has_regional_office', 'account of a sales region', 'regional_office'
  ) }}
  union all
  {{ normalize_relation('organization_version', 'brand', 'customer_of_brand', 'brand of the record', 'brand') }}
  union all
  {{ normalize_relation('person_version', 'brand', 'customer_of_brand', 'brand of the record', 'brand') }}
  union all
  {{ normalize_relation(
    'person_version', 'organization_record_key', 'employee_of', 'organization of the record'
  ) }}
),

-- Versions that say the same one after another are one period.
counted as (
  select
    *,
    version_no - dense_rank() over (
      partition by from_record_key, relation_type, to_kind, to_key order by version_no
    ) as period
  from stated
),

period as (
  select
    from_record_key,
    to_key,
    to_kind,
    relation_type,
    min(evidence) as evidence,
    min(source_system) as source_system,
    min(since) as valid_from,
    iff(max(iff(until is null, 1, 0)) = 1, null, max(until)) as valid_to
  from counted
  group by from_record_key, to_key, to_kind, relation_type, period
),

device as (
  {{ normalize_union('device') }}
),

edge as (
  select * from period
  union all
  select
    record_key as from_record_key,
    device_id as to_key,
    'device' as to_kind,
    'uses_device' as relation_type,
    'device of the user' as evidence,
    source_system,
    min(first_seen_at) as valid_from,
    iff(max(iff(is_deleted, 0, 1)) = 1, null, max(coalesce(last_seen_at, _changed_at))) as valid_to
  from device
  where device_id is not null and record_key is not null and {{ changed_since('_changed_at') }}
  group by record_key, device_id, source_system
  union all
  select
    record_key as from_record_key,
    household_key as to_key,
    'household' as to_kind,
    'household_member_of' as relation_type,
    'same address and family name' as evidence,
    split_part(record_key, ':', 1) as source_system,
    valid_from,
    valid_to
  from {{ ref('household') }}
  where {{ changed_since('changed_at') }}
)

select
  md5(
    edge.from_record_key || '|' || edge.relation_type || '|' || edge.to_kind || '|' || edge.to_key
    || iff(edge.relation_type = 'uses_device' or edge.valid_from is null, '', '|' || edge.valid_from::varchar)
  ) as relation_key,
  edge.from_record_key,
  edge.relation_type,
  edge.to_kind,
  edge.to_key,
  edge.evidence,
  edge.source_system,
  edge.valid_from,
  edge.valid_to,
  {{ run_started_at() }} as changed_at
from edge
