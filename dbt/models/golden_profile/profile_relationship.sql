-- One row per profile: its parents, its employer, its household, its contacts. Computed whole, written where changed.
{{ config(unique_key='profile_id', post_hook="{{ golden_forget_gone() }}") }}
with
relation as (select * from {{ source('match_cluster', 'relation') }}),

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

one_parent as (
  select
    from_profile_id as profile_id,
    to_profile_id as parent_profile_id
  from relation
  where relation_type = 'child_of' and from_profile_id <> to_profile_id
  qualify row_number() over (partition by from_profile_id order by valid_from, to_profile_id) = 1
),

-- Ten levels are more than any group has; a chain that comes back to its start is reported, not followed.
ascent as (
  with recursive climb as (
    select
      profile_id,
      parent_profile_id as ancestor_profile_id,
      1 as level,
      false as is_cycle
    from one_parent
    union all
    select
      climb.profile_id,
      one_parent.parent_profile_id,
      climb.level + 1 as level,
      one_parent.parent_profile_id = climb.profile_id as is_cycle
    from climb
    inner join one_parent on climb.ancestor_profile_id = one_parent.profile_id
    where climb.level < 10 and not climb.is_cycle
  )

  select * from climb
),

hierarchy as (
  select
    profile_id,
    max_by(ancestor_profile_id, level) as ultimate_parent_profile_id,
    max(level) as hierarchy_level,
    max(iff(is_cycle or level = 10, 1, 0)) = 1 as hierarchy_is_cyclic
  from ascent
  group by profile_id
),

employment as (
  select
    relation.from_profile_id as profile_id,
    relation.to_profile_id as organization_profile_id,
    relation.valid_from
  from relation
  where relation.relation_type = 'employee_of'
  qualify row_number() over (
    partition by relation.from_profile_id order by relation.valid_from desc, relation.to_profile_id asc
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

household as (
  select
    from_profile_id as profile_id,
    min(to_profile_id) as household_profile_id
  from relation
  where relation_type = 'household_member_of'
  group by from_profile_id
),

whole as (
  select
    profile.profile_id,
    one_parent.parent_profile_id,
    -- In a cycle nobody is on top; the next one up is all that can be said.
    iff(hierarchy.hierarchy_is_cyclic, one_parent.parent_profile_id, hierarchy.ultimate_parent_profile_id)
      as ultimate_parent_profile_id,
    coalesce(hierarchy.hierarchy_level, 0) as hierarchy_level,
    coalesce(hierarchy.hierarchy_is_cyclic, false) as hierarchy_is_cyclic,
    employment.organization_profile_id,
    household.household_profile_id,
    coalesce(contact.contacts, 0) as contacts,
    contact.primary_contact_profile_id
  from profile
  left join one_parent on profile.profile_id = one_parent.profile_id
  left join hierarchy on profile.profile_id = hierarchy.profile_id
  left join employment on profile.profile_id = employment.profile_id
  left join household on profile.profile_id = household.profile_id
  left join contact on profile.profile_id = contact.profile_id
),

hashed as (
  select
    *,
    {{ golden_hash(['parent_profile_id', 'ultimate_parent_profile_id', 'hierarchy_level', 'hierarchy_is_cyclic',
      'organization_profile_id', 'household_profile_id', 'contacts', 'primary_contact_profile_id']) }} as row_hash
  from whole
)

{{ golden_only_changed('hashed') }}
