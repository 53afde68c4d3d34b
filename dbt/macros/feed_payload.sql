{# The profiles of one kind that a destination may hold, of those that this run looks at: alias `profile` for the
   golden row, `audience` for the key and the consent. #}
{% macro feed_from(destination, entity_kind) -%}
  from {{ ref('golden_' ~ entity_kind) }} as profile
  inner join {{ ref('feed_audience') }} as audience
    on audience.profile_id = profile.profile_id
    and audience.destination = '{{ destination }}'
    and audience.reason is null
  inner join {{ ref('touched_feed') }} as touched on touched.profile_id = profile.profile_id
{%- endmacro %}

{# What every feed row says besides its fields. #}
{% macro feed_head() -%}
  profile.profile_id,
  audience.destination_key,
  audience.consent_basis,
  profile.row_hash as profile_row_hash
{%- endmacro %}

{# The phone as tools may dial it: digits without a country, or of a number that does not exist, stay in the profile. #}
{% macro feed_phone() -%}
  iff(profile.phone_is_valid, profile.phone, null)
{%- endmacro %}

{# The final select over `payload`: the fields, their hash, and the time at which they last changed. #}
{% macro feed_final(fields) -%}
hashed as (
  select
    *,
    {{ golden_hash(['destination_key'] + fields) }} as payload_hash
  from payload
)

select
  hashed.*,
{%- if is_incremental() %}
  iff(before.payload_hash = hashed.payload_hash, before.changed_at, {{ run_started_at() }}) as changed_at
from hashed
left join {{ this }} as before on before.profile_id = hashed.profile_id
{%- else %}
  {{ run_started_at() }} as changed_at
from hashed
{%- endif %}
{%- endmacro %}
