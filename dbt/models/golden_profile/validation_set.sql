-- One row per content that governance/validation.yaml ever had: what a profile had to meet. Every one is kept.
{{ config(unique_key='validation_set', full_refresh=false) }}
-- Indents that branches of macros and conditions would move are kept by eye.
-- noqa: disable=LT02
with
present as (
  select
    {{ golden_validation_set() }} as validation_set,
    parse_json({{ golden_validation_text() }}) as rules
)

select
  present.validation_set,
  present.rules,
  {{ run_started_at() }} as changed_at
from present
{%- if is_incremental() %}
where present.validation_set not in (select known.validation_set from {{ this }} as known)
{%- endif %}
