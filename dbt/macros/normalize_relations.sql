{# The versions of the changed records in order, each with the time since which and until which its source says what it
   says: its own time of change, or the day of the load where that does not tell. A version that came late, about a
   time before the one in force, is superseded at once and left out. #}
{% macro normalize_versions(kind) -%}
  select
    given.*,
    row_number() over (partition by given.record_key order by given.observed_at) as version_no,
    lag(given.source_updated_at) over (partition by given.record_key order by given.observed_at) as said_before
  from (
    {{ normalize_union(kind) }}
  ) as given
  where
    (given.superseded_at is null or given.superseded_at > given.observed_at)
    {%- if is_incremental() %}
    and given.record_key in (select input.record_key from {{ ref(kind ~ '_input') }} as input)
    {%- endif %}
{%- endmacro %}

{# Since when a version of `normalize_versions` holds. #}
{% macro normalize_version_since() -%}
  iff(
    source_updated_at <= said_before, greatest(said_before, date_trunc('day', observed_at)), source_updated_at
  )
{%- endmacro %}

{# What the versions of records say by one of their columns: an edge to another record, or to a node that is none.
   `type` is a name or an expression. A record that came as deleted tells what was. #}
{% macro normalize_relation(version, link, type, evidence, to_kind='record') -%}
  select
    record_key as from_record_key,
    {{ link }} as to_key,
    '{{ to_kind }}' as to_kind,
    {{ type if '(' in type else "'" ~ type ~ "'" }} as relation_type,
    '{{ evidence }}' as evidence,
    source_system,
    version_no,
    since,
    iff(is_deleted, since, until) as until
  from {{ version }}
  where is_member and {{ link }} is not null and {{ link }} <> iff('{{ to_kind }}' = 'record', record_key, '')
    and (not is_deleted or version_no = 1)
{%- endmacro %}

{# Pre-hook of relation: what changed records said goes; the model says it again, with its history. #}
{% macro normalize_forget_relations() -%}
  {%- if is_incremental() -%}
  delete from {{ this }}
  where relation_type not in ('household_member_of', 'uses_device') and from_record_key in (
    select record_key from {{ ref('person_input') }}
    union all
    select record_key from {{ ref('organization_input') }}
  )
  {%- endif -%}
{%- endmacro %}
