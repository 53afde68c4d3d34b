-- One row per bought company record, as given.
{{ normalize_organization_from('enrichment__company',
  name='name',
  legal_name='legal_name',
  previous_names='previous_names',
  domain='domain',
  phone='phone',
  street='street',
  city='city',
  region='state',
  postcode='postal_code',
  country='country',
  tax_id='tax_id',
  registration_id='registration_number',
  industry='industry',
  employee_count='employee_count',
  annual_revenue='annual_revenue',
  parent_record_key=normalize_key('enrichment:company', 'parent_company_id')
) }}
