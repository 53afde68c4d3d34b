-- One row per company that is above or below another one: the figures of itself and of all below it, whatever the ways
-- that lead there, each counted once. Computed whole, written where changed.
{{ config(unique_key='profile_id', post_hook="{{ golden_forget_ungrouped() }}") }}
{%- set sums = ['open_opportunities', 'open_pipeline_amount', 'won_amount', 'revenue_12m', 'revenue_total',
  'amount_open', 'amount_overdue', 'subscriptions_active', 'mrr', 'tickets_open', 'tickets_90d'] %}
-- Indents that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT09,LT14
with
hierarchy as (select * from {{ source('match_cluster', 'hierarchy') }}),

activity as (select * from {{ ref('profile_activity') }}),

grouped as (
  select ancestor_profile_id as profile_id from hierarchy
  union distinct
  select descendant_profile_id from hierarchy
),

-- Pairs are unique, so a company that can be reached by two ways is here once.
below as (
  select
    ancestor_profile_id as profile_id,
    descendant_profile_id as counted_profile_id,
    steps
  from hierarchy
  union all
  select
    profile_id,
    profile_id as counted_profile_id,
    0 as steps
  from grouped
),

figures as (
  select
    below.profile_id,
    count(below.counted_profile_id) as companies,
    max(below.steps) as levels,
    {%- for column in sums %}
    sum(activity.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
  from below
  inner join activity on below.counted_profile_id = activity.profile_id
  group by below.profile_id
),

-- Somebody who works for two companies of the group is one person.
live as (
  select distinct cluster.profile_id
  from {{ source('match_cluster', 'cluster') }} as cluster
  inner join {{ ref('person') }} as person on cluster.record_key = person.record_key
  where not coalesce(person.is_deleted, false)
),

staff as (
  select
    below.profile_id,
    count(distinct relation.from_profile_id) as people
  from below
  inner join {{ source('match_cluster', 'relation') }} as relation
    on
      below.counted_profile_id = relation.to_id
      and relation.relation_type = 'employee_of'
      and relation.valid_to is null
  inner join live on relation.from_profile_id = live.profile_id
  group by below.profile_id
),

-- By parents alone: that a company is billed for another does not make it part of the group.
top as (
  select
    descendant_profile_id as profile_id,
    max_by(ancestor_profile_id, parent_steps) as ultimate_parent_profile_id
  from hierarchy
  where parent_steps is not null
  group by descendant_profile_id
),

topped as (select distinct descendant_profile_id as profile_id from hierarchy),

whole as (
  select
    figures.profile_id,
    coalesce(top.ultimate_parent_profile_id, figures.profile_id) as ultimate_parent_profile_id,
    topped.profile_id is null as is_top,
    figures.companies,
    figures.levels,
    coalesce(staff.people, 0) as people,
    {%- for column in sums %}
    figures.{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
  from figures
  left join top on figures.profile_id = top.profile_id
  left join topped on figures.profile_id = topped.profile_id
  left join staff on figures.profile_id = staff.profile_id
),

hashed as (
  select
    *,
    {{ golden_hash(['ultimate_parent_profile_id', 'is_top', 'companies', 'levels', 'people'] + sums) }} as row_hash
  from whole
)

{{ golden_only_changed('hashed') }}
