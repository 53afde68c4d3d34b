-- One row per profile. What support works with: how to reach the customer, what it uses and how its tickets went.
{{ config(materialized='view') }}
{{ golden_perspective(
  [
    'email', 'phone', 'phone_is_valid', 'plan', 'subscriptions_active',
    'active_users_30d', 'events_30d', 'last_seen_at', 'tickets_open',
    'tickets_90d', 'satisfaction_score', 'last_ticket_at', 'health_score',
  ],
  organization={
    'primary_contact_profile_id': 'varchar',
  },
  person={
    'organization_profile_id': 'varchar', 'language': 'varchar',
  },
  group={
    'companies': ['number', '1'],
    'tickets_open': ['number', 'profile.tickets_open'],
    'tickets_90d': ['number', 'profile.tickets_90d'],
  }
) }}
