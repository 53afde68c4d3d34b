-- One row per profile: its parents, its employer, its household, its contacts. Computed whole, written where changed.
{{ config(unique_key='profile_id', post_hook="{{ golden_forget_gone() }}") }}
with
relation as (
  select * from {{ source('match_cluster', 'relation') }}
  where valid_to is null
),

cluster as (select * from {{ source('match_cluster', 'cluster') }}),

record as (
  select
    record_key,
    is_deleted
  from {{ ref('organization') }}
  union all
  select
    record_key,
    is_deleted
  from {{ ref('person') }}
),

-- A profile lives while one of its records does: a deleted contact is nobody to call.
profile as (
  select
    cluster.profile_id,
    cluster.entity_kind,
    max(iff(coalesce(record.is_deleted, true), 0, 1)) as is_live
  from cluster
  left join record on cluster.record_key = record.record_key
  group by cluster.profile_id, cluster.entity_kind
),

-- What is followed upwards was decided when relations were lifted: circles and second parents are in
-- RELATION_CONFLICT and not here.
hierarchy as (
  select
    descendant_profile_id as profile_id,
    max(iff(parent_steps = 1, ancestor_profile_id, null)) as parent_profile_id,
    max_by(ancestor_profile_id, parent_steps) as ultimate_parent_profile_id,
    max(parent_steps) as hierarchy_level
  from {{ source('match_cluster', 'hierarchy') }}
  where parent_steps is not null
  group by descendant_profile_id
),

conflict as (
  select
    profile_id,
    max(iff(conflict = 'cycle', 1, 0)) = 1 as hierarchy_is_cyclic,
    min(conflict) as hierarchy_conflict
  from {{ source('match_cluster', 'relation_conflict') }}
  group by profile_id
),

employment as (
  select
    relation.from_profile_id as profile_id,
    relation.to_id as organization_profile_id,
    relation.valid_from
  from relation
  where relation.relation_type = 'employee_of'
  qualify row_number() over (
    partition by relation.from_profile_id order by relation.valid_from desc, relation.to_id asc
  ) = 1
),

contact as (
  select
    employment.organization_profile_id as profile_id,
    count(*) as contacts,
    min_by(
      employment.profile_id,
      coalesce(employment.valid_from, '2999-12-31'::timestamp_ntz)::varchar || employment.profile_id
    ) as primary_contact_profile_id
  from employment
  inner join profile on employment.profile_id = profile.profile_id and profile.is_live = 1
  group by employment.organization_profile_id
),

home as (
  select
    from_profile_id as profile_id,
    min(to_id) as household_key
  from relation
  where relation_type = 'household_member_of'
  group by from_profile_id
),

-- One of those who live there stands for the household.
household as (
  select
    household_key,
    min(profile_id) as household_profile_id
  from home
  group by household_key
),

whole as (
  select
    profile.profile_id,
    hierarchy.parent_profile_id,
    hierarchy.ultimate_parent_profile_id,
    coalesce(hierarchy.hierarchy_level, 0) as hierarchy_level,
    coalesce(conflict.hierarchy_is_cyclic, false) as hierarchy_is_cyclic,
    conflict.hierarchy_conflict,
    employment.organization_profile_id,
    nullif(household.household_profile_id, profile.profile_id) as household_profile_id,
    coalesce(contact.contacts, 0) as contacts,
    contact.primary_contact_profile_id
  from profile
  left join hierarchy on profile.profile_id = hierarchy.profile_id
  left join conflict on profile.profile_id = conflict.profile_id
  left join employment on profile.profile_id = employment.profile_id
  left join home on profile.profile_id = home.profile_id
  left join household on home.household_key = household.household_key
  left join contact on profile.profile_id = contact.profile_id
),

hashed as (
  select
    *,
    {{ golden_hash(['parent_profile_id', 'ultimate_parent_profile_id', 'hierarchy_level', 'hierarchy_is_cyclic',
      'hierarchy_conflict', 'organization_profile_id', 'household_profile_id', 'contacts', 'primary_contact_profile_id']) }} as row_hash
  from whole
)

{{ golden_only_changed('hashed') }}
