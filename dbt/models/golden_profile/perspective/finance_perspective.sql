-- One row per profile. What finance works with: the legal entity, its terms, what it was billed and what it owes.
{{ config(materialized='view') }}
{{ golden_perspective(
  [
    'tax_id', 'street', 'postcode', 'city', 'country', 'revenue_12m',
    'revenue_total', 'invoices_total', 'invoices_open', 'amount_open',
    'amount_overdue', 'payment_status', 'last_purchase_at',
    'subscriptions_active', 'mrr', 'plan', 'renewal_date',
  ],
  organization={
    'legal_name': 'varchar', 'registration_id': 'varchar',
    'payment_terms': 'varchar', 'currency': 'varchar',
    'parent_profile_id': 'varchar', 'ultimate_parent_profile_id': 'varchar',
  },
  person={},
  group={
    'companies': ['number', '1'],
    'revenue_12m': ['number(38, 2)', 'profile.revenue_12m'],
    'revenue_total': ['number(38, 2)', 'profile.revenue_total'],
    'amount_open': ['number(38, 2)', 'profile.amount_open'],
    'amount_overdue': ['number(38, 2)', 'profile.amount_overdue'],
    'mrr': ['number(38, 2)', 'profile.mrr'],
  }
) }}
