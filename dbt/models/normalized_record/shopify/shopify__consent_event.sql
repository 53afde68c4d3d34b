-- One row per Shopify customer who has decided about e-mail marketing.
{{ config(materialized='ephemeral') }}
select
  _valid_from as _changed_at,
  _record_key || ':email' as fact_key,
  _record_key as source_record_key,
  _record_key as record_key,
  'shopify' as source_system,
  iff(nullif(trim(email), '') is null, 'record', 'email') as subject_type,
  coalesce(nullif(trim(email), ''), _record_key) as subject_value,
  'marketing' as purpose,
  'email' as channel,
  iff(lower(email_marketing_consent:state::varchar) = 'subscribed', 'granted', 'withdrawn') as status,
  iff(lower(email_marketing_consent:state::varchar) = 'subscribed', 'consent', null) as legal_basis,
  null::varchar as region,
  null::varchar as brand,
  coalesce(
    left(email_marketing_consent:consent_updated_at::varchar, 19)::timestamp_ntz,
    _source_updated_at,
    {{ normalize_load_day() }}
  ) as occurred_at,
  null::timestamp_ntz as expires_at,
  {{ normalize_load_day() }} as recorded_at
from {{ source('source_snapshot', 'shopify__customer') }}
where
  _valid_to is null
  and lower(email_marketing_consent:state::varchar) in ('subscribed', 'unsubscribed', 'redacted')
