-- One row per workspace, as given. A workspace may belong to a team, not to the whole company.
{{ normalize_organization_from('product_analytics__workspace',
  id_type='workspace_id',
  active="coalesce(status, 'active') not in ('canceled', 'cancelled', 'churned', 'deleted', 'inactive', 'closed')",
  name='name',
  domain='domain',
  plan='plan',
  sales_region='region',
  created_at='created_at',
  crm_record_key=normalize_key('salesforce:account', 'crm_account_id'),
  billing_record_key=normalize_key('stripe:customer', 'billing_customer_id')
) }}
