-- One row per change of a consent: what came into force, or that nothing did any more. Rows are only ever added.
{{ config(unique_key='change_key', full_refresh=false, cluster_by='profile_id') }}
-- Indents that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02,LT09,LT14,RF03
with
present as (select * from {{ ref('consent') }}),

{%- if is_incremental() %}

before as (
  select *
  from {{ this }}
  where changed_at < {{ run_started_at() }}
  qualify row_number() over (partition by profile_id, purpose, channel, region order by changed_at desc) = 1
),

{%- endif %}

changed as (
  select
    {%- if is_incremental() %}
    coalesce(present.profile_id, before.profile_id) as profile_id,
    coalesce(present.purpose, before.purpose) as purpose,
    coalesce(present.channel, before.channel) as channel,
    coalesce(present.region, before.region) as region,
    {%- else %}
    present.profile_id,
    present.purpose,
    present.channel,
    present.region,
    {%- endif %}
    coalesce(present.state, 'none') as state,
    present.legal_basis,
    present.since,
    present.expires_at,
    present.source,
    present.fact_key,
    coalesce(present.is_conflict, false) as is_conflict
  from present
  {%- if is_incremental() %}
  full outer join before
    on present.profile_id = before.profile_id
    and present.purpose = before.purpose
    and present.channel = before.channel
    and present.region = before.region
  where coalesce(present.state, 'none') is distinct from before.state
    or present.fact_key is distinct from before.fact_key
    or present.legal_basis is distinct from before.legal_basis
    or present.expires_at is distinct from before.expires_at
    or coalesce(present.is_conflict, false) is distinct from before.is_conflict
  {%- endif %}
)

select
  {{ golden_hash(['profile_id', 'purpose', 'channel', 'region', run_started_at()]) }} as change_key,
  changed.*,
  '{{ var("run_id") }}' as run_id,
  {{ run_started_at() }} as changed_at
from changed
