-- One row per profile and field: the value that won, and what lost to it and why.
{{ config(
    incremental_strategy='replace_touched',
    meta={'touched': 'touched_profile', 'touched_where': 't.records_changed'}
) }}
-- Indents that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT07,LT09,LT14
with
candidate as (
  {{ golden_candidates('organization', touched_only=true) }}
  union all
  {{ golden_candidates('person', touched_only=true) }}
),

ownership as (select * from {{ ref('field_ownership') }}),

rule as (select distinct entity_kind, field, rule from ownership),

rule_set as (select {{ golden_rule_set_version() }} as rule_set_version from ownership),

ruled as (
  select
    candidate.* exclude (ruled_as),
    coalesce(rule.rule, 'most_recent') as rule,
    coalesce(ownership.rank, 999) as source_rank
  from candidate
  left join rule on candidate.entity_kind = rule.entity_kind and candidate.ruled_as = rule.field
  left join ownership
    on candidate.entity_kind = ownership.entity_kind
    and candidate.ruled_as = ownership.field
    and candidate.source_system = ownership.source_system
),

frequency as (
  select profile_id, field, value, count(*) as records
  from ruled
  where rule = 'most_frequent' and is_valid and is_live and cluster_size > 1
  group by profile_id, field, value
),

-- The rules' order as one number, the least wins: validity and life, then the rule's measure (five digits), then the
-- source's rank (three), then seniority (six). A number, because the least of numbers needs no sort.
scored as (
  select
    ruled.* exclude (completeness, seniority, source_rank, cluster_size),
    (iff(ruled.is_valid, 0, 2) + iff(ruled.is_live, 0, 1)) * 100000000000000
    + (99999 - least(99999, case ruled.rule
      when 'most_complete' then ruled.completeness
      when 'most_frequent' then coalesce(frequency.records, 0)
      when 'longest' then length(ruled.value)
      else 0
    end)) * 1000000000
    + iff(ruled.rule = 'most_recent', 0, ruled.source_rank) * 1000000
    + ruled.seniority as order_no
  from ruled
  left join frequency
    on ruled.profile_id = frequency.profile_id
    and ruled.field = frequency.field
    and ruled.value = frequency.value
  -- A profile of one record has no contest: most profiles, and none of the work below.
  where ruled.cluster_size > 1
),

contest as (
  select
    profile_id,
    field,
    min(order_no) as best_no,
    min_by(value, order_no) as best_value,
    min_by(source_updated_at, order_no) as best_updated_at,
    count(*) as candidates,
    -- How many values contradict each other: valid ones of live records.
    count(distinct iff(is_valid and is_live, lower(nullif(value, '')), null)) as distinct_values
  from scored
  group by profile_id, field
),

lost as (
  select
    scored.*,
    case
      when not scored.is_valid and contest.best_no < 200000000000000 then 'invalid'
      when not scored.is_live
        and floor(scored.order_no / 100000000000000) > floor(contest.best_no / 100000000000000) then 'deleted'
      when scored.value = contest.best_value then 'same_value'
      when scored.rule = 'union' then 'united'
      when floor(scored.order_no / 1000000000) > floor(contest.best_no / 1000000000) then case scored.rule
        when 'most_complete' then 'less_complete'
        when 'most_frequent' then 'less_frequent'
        else 'shorter'
      end
      when floor(scored.order_no / 1000000) > floor(contest.best_no / 1000000) then 'lower_ranked_source'
      when scored.source_updated_at is not distinct from contest.best_updated_at then 'tie'
      else 'older'
    end as reason
  from scored
  inner join contest on scored.profile_id = contest.profile_id and scored.field = contest.field
  where scored.order_no > contest.best_no
),

loser as (
  select
    profile_id,
    field,
    array_agg(
      object_construct(
        'record_key', record_key,
        'source', source_system,
        'value_hash', left(sha2(value, 256), 16),
        'reason', reason
      )
    ) within group (order by order_no) as losers,
    listagg({{ golden_reason_code('reason') }} || member_no, '') within group (order by member_no) as losing_members
  from lost
  group by profile_id, field
),

united as (
  select profile_id, field, listagg(distinct value, ' | ') within group (order by value) as value
  from ruled
  where rule = 'union' and is_valid and is_live and cluster_size > 1
  group by profile_id, field
),

decided as (
  select
    winner.profile_id,
    winner.entity_kind,
    winner.field,
    coalesce(united.value, winner.value) as value,
    winner.is_valid,
    winner.record_key,
    winner.source_system,
    winner.rule,
    coalesce(loser.losers, array_construct()) as losers,
    winner.member_no || coalesce(loser.losing_members, '') as grounds,
    contest.candidates,
    greatest(1, contest.distinct_values) as distinct_values,
    winner.observed_at
  from scored as winner
  inner join contest
    on winner.profile_id = contest.profile_id
    and winner.field = contest.field
    and winner.order_no = contest.best_no
  left join loser on winner.profile_id = loser.profile_id and winner.field = loser.field
  left join united on winner.profile_id = united.profile_id and winner.field = united.field
  union all
  select
    profile_id, entity_kind, field, value, is_valid, record_key, source_system, rule, array_construct() as losers,
    '1' as grounds, 1 as candidates, 1 as distinct_values, observed_at
  from ruled
  where cluster_size = 1
)

select
  decided.profile_id,
  decided.entity_kind,
  decided.field,
  decided.value,
  decided.is_valid,
  decided.record_key as winner_record_key,
  decided.source_system as winner_source,
  decided.rule,
  rule_set.rule_set_version,
  decided.losers,
  decided.grounds,
  decided.candidates,
  decided.distinct_values,
  decided.observed_at,
{%- if is_incremental() %}
  iff(
    before.value = decided.value
    and before.winner_record_key = decided.record_key
    and before.is_valid = decided.is_valid
    and before.rule_set_version = rule_set.rule_set_version
    and to_json(before.losers) = to_json(decided.losers),
    before.changed_at, {{ run_started_at() }}
  ) as changed_at
{%- else %}
  {{ run_started_at() }} as changed_at
{%- endif %}
from decided
cross join rule_set
{%- if is_incremental() %}
left join {{ this }} as before on decided.profile_id = before.profile_id and decided.field = before.field
{%- endif %}
where nullif(decided.value, '') is not null
