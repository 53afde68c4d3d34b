-- One row per profile. What marketing works with: lifecycle, engagement, and the consent that every use needs.
{{ config(materialized='view') }}
{{ golden_perspective(
  [
    'lifecycle_stage', 'country', 'region', 'brands', 'consent',
    'emails_sent_90d', 'emails_opened_90d', 'emails_clicked_90d',
    'last_engaged_at',
  ],
  organization={
    'customer_segment': 'varchar', 'industry': 'varchar',
  },
  person={
    'email': 'varchar', 'language': 'varchar', 'job_title': 'varchar',
    'organization_profile_id': 'varchar',
  }
) }}
