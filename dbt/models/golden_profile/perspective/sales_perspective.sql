-- One row per profile. What sales works with: who owns the customer, its place in its group, its pipeline and worth.
{{ config(materialized='view') }}
{{ golden_perspective(
  [
    'lifecycle_stage', 'account_owner', 'email', 'phone', 'phone_is_valid',
    'country', 'region', 'open_opportunities', 'open_pipeline_amount',
    'won_amount', 'next_close_date', 'revenue_12m', 'mrr', 'plan',
    'renewal_date', 'health_score',
  ],
  organization={
    'customer_segment': 'varchar', 'industry': 'varchar',
    'employee_count': 'number', 'annual_revenue': 'float',
    'parent_profile_id': 'varchar', 'ultimate_parent_profile_id': 'varchar',
    'contacts': 'number', 'primary_contact_profile_id': 'varchar',
  },
  person={
    'organization_profile_id': 'varchar', 'job_title': 'varchar',
  },
  group={
    'companies': ['number', '1'],
    'people': ['number', 'profile.contacts'],
    'open_opportunities': ['number', 'profile.open_opportunities'],
    'open_pipeline_amount': ['number(38, 2)', 'profile.open_pipeline_amount'],
    'revenue_12m': ['number(38, 2)', 'profile.revenue_12m'],
  }
) }}
