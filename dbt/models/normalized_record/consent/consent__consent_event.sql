-- One row per event of the consent store. A user id stands for the record of that product user.
{{ config(materialized='ephemeral') }}
select
  _valid_from as _changed_at,
  _record_key as fact_key,
  _record_key as source_record_key,
  iff(lower(subject_type) in ('user_id', 'user'), 'product_analytics:user:' || trim(subject_value), null)
    as record_key,
  'consent' as source_system,
  iff(lower(subject_type) in ('user_id', 'user'), 'user_id', lower(subject_type)) as subject_type,
  iff(
    lower(subject_type) in ('user_id', 'user'),
    'product_analytics:user:' || trim(subject_value),
    trim(subject_value)
  ) as subject_value,
  lower(purpose) as purpose,
  lower(channel) as channel,
  lower(status) as status,
  legal_basis,
  upper(region) as region,
  brand,
  occurred_at,
  expires_at,
  coalesce(recorded_at, {{ normalize_load_day() }}) as recorded_at
from {{ source('source_snapshot', 'consent__consent_event') }}
where _valid_to is null and not _deleted
