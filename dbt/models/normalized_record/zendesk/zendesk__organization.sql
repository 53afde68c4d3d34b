-- One row per Zendesk organization, as given.
{{ normalize_organization_from('zendesk__organization',
  name='name',
  domain='domain_names[0]::varchar',
  created_at='created_at',
  crm_record_key=normalize_key('salesforce:account', 'external_id')
) }}
