{# One row per profile, field and record that has a value for it: the long table that survivorship ranks.
   An empty value stands for "the address has no such part": parts of one address win and lose together. #}
{% macro golden_candidates(entity_kind, touched_only) -%}
{%- set fields = golden_fields(entity_kind) -%}
{%- set names = fields.address.keys() | list + fields.single.keys() | list -%}
select
  profile_id,
  '{{ entity_kind }}' as entity_kind,
  lower(field) as field,
  iff(field in ('{{ fields.address.keys() | join("', '") | upper }}'), 'address', lower(field)) as ruled_as,
  value,
  record_key,
  source_system,
  observed_at,
  source_updated_at,
  coalesce({{ golden_is_valid(entity_kind) }}, false) as is_valid,
  not is_deleted as is_live,
  iff(field in ('{{ fields.address.keys() | join("', '") | upper }}'), address_parts, filled_fields) as completeness,
  seniority,
  member_no,
  cluster_size
from (
  select
    c.profile_id,
    c.cluster_size,
    -- The one tie-break of all rules: the latest record of the profile is 1, the smaller key before the greater.
    row_number() over (
      partition by c.profile_id order by r.source_updated_at desc nulls last, r.record_key
    ) as seniority,
    -- By its key, and so the same whatever the records say: the number by which the ledger names a member.
    row_number() over (partition by c.profile_id order by r.record_key) as member_no,
    r.record_key,
    r.source_system,
    r.observed_at,
    r.source_updated_at,
    coalesce(r.is_deleted, false) as is_deleted,
    r.email_is_valid,
    r.email_is_shared,
    r.phone_is_valid,
    r.phone_is_shared,
    {%- if entity_kind == 'organization' %}
    r.tax_id_is_valid,
    r.domain_is_shared,
    {%- endif %}
    {% for name, value in fields.address.items() -%}
    iff({{ value }} is null, 0, 1){{ ' + ' if not loop.last }}
    {%- endfor %} as address_parts,
    {% for name, value in fields.single.items() -%}
    iff({{ value }} is null, 0, 1){{ ' + ' if not loop.last }}
    {%- endfor %} as filled_fields,
    {%- for name, value in fields.address.items() %}
    iff(coalesce({{ fields.address.values() | join(', ') }}) is null, null, coalesce({{ value }}, '')) as {{ name }},
    {%- endfor %}
    {%- for name, value in fields.single.items() %}
    nullif({{ value }}, '') as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
  from {{ ref(entity_kind) }} as r
  inner join {{ source('match_cluster', 'cluster') }} as c
    on c.record_key = r.record_key and c.entity_kind = '{{ entity_kind }}'
  {%- if touched_only %}
  where c.profile_id in (select t.profile_id from {{ ref('touched_profile') }} as t where t.records_changed)
  {%- endif %}
) as wide
unpivot (value for field in ({{ names | join(', ') }}))
{%- endmacro %}
