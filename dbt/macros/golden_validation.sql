{# The rules of governance/validation.yaml, as `c360_assets.governance.validation.dbt_vars` passes them.
   The default is that file as it is shipped, so that `dbt build` works on its own; a test holds them together. #}
{% macro golden_validation() -%}
  {{ return(var('customer_360_validation', {
    'required_fields': ['unified_customer_id', 'source_systems', 'customer_status', 'record_last_updated'],
    'uniqueness_checks': ['unified_customer_id'],
    'review_required_when': {
      'match_confidence_below': 0.85,
      'conflicting_legal_names': true,
      'consent_status_changed': true,
      'inconsistent_hierarchy': true
    },
    'blocked_conditions': [
      {'when': {'customer_status': ['deleted']}, 'destinations': ['*']},
      {'when': {'customer_status': ['churned', 'inactive']}, 'destinations': ['success']}
    ]
  })) }}
{%- endmacro %}
