-- One row per destination and profile that is kept out of it, with the first reason.
{{ config(materialized='view') }}
select
  destination,
  profile_id,
  reason,
  changed_at
from {{ ref('feed_audience') }}
where reason is not null
