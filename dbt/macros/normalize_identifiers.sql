{# The columns of one identifier of a record; the caller adds where they come from. #}
{% macro normalize_identifier(record, type, column, canonical, valid='true', reason='null', preference=1) -%}
  select
    {{ record }}.record_key,
    {{ type }} as identifier_type,
    {{ record }}.{{ column }} as value,
    {{ canonical }} as value_canonical,
    {{ valid }} as is_valid,
    {{ reason }} as shared_reason,
    '{{ column }}' as source_column,
    {{ preference }} as preference
{%- endmacro %}

{# Pre-hook of identifier: all rows of changed records go, and those of changed devices; the model writes them anew. #}
{% macro normalize_forget_identifiers() -%}
  {%- if is_incremental() -%}
  delete from {{ this }}
  where record_key in (
    select record_key from {{ ref('person_input') }}
    union all
    select record_key from {{ ref('organization_input') }}
  )
  or identifier_type = 'device_id' and record_key || '|' || value_canonical in (
    select 'product_analytics:user:' || user_id || '|' || device_id
    from {{ source('source_snapshot', 'product_analytics__device') }}
    where _valid_to is null and {{ changed_since('_valid_from') }}
  )
  {%- endif -%}
{%- endmacro %}

{# Post-hook of identifier: a value that more holders use than one customer explains is shared (a switchboard, a
   family's mailbox). Counted over all rows each run, in one statement, so that a full rebuild agrees; holders are
   counted by initials, so that a slip of the keyboard does not make a second one. #}
{% macro normalize_mark_shared() -%}
  update {{ this }} as identifier
  set
    shared_reason = counted.shared_reason,
    is_shared = counted.shared_reason is not null,
    changed_at = {{ run_started_at() }}
  from (
    select
      entity_kind,
      identifier_type,
      value_canonical,
      iff(
        count(distinct holder) > case identifier_type
          when 'email' then {{ var('normalized_shared_email_holders', 3) }}
          when 'phone' then {{ var('normalized_shared_phone_holders', 4) }}
          else {{ var('normalized_shared_device_holders', 2) }}
        end,
        'many_holders',
        null
      ) as shared_reason
    from {{ this }}
    where identifier_type in ('email', 'phone', 'device_id')
    group by entity_kind, identifier_type, value_canonical
  ) as counted
  where identifier.entity_kind = counted.entity_kind
    and identifier.identifier_type = counted.identifier_type
    and identifier.value_canonical = counted.value_canonical
    and (identifier.shared_reason is null or identifier.shared_reason = 'many_holders')
    and coalesce(identifier.shared_reason, '') <> coalesce(counted.shared_reason, '')
{%- endmacro %}
