-- One row per Stripe customer that is a company, as given. A self-service sign-up may carry a person's name.
{{ normalize_organization_from('stripe__customer',
  id_type='billing_id',
  member='not (' ~ normalize_stripe_is_person() ~ ')',
  name='name',
  email='email',
  phone='phone',
  street='address:line1::varchar',
  city='address:city::varchar',
  region='address:state::varchar',
  postcode='address:postal_code::varchar',
  country='address:country::varchar',
  tax_id='coalesce(tax_ids:data[0].value::varchar, tax_ids[0].value::varchar)',
  currency='upper(currency)',
  created_at=normalize_epoch('created'),
  crm_record_key=normalize_key('salesforce:account', 'metadata:crm_account_id::varchar'),
  workspace_record_key=normalize_key('product_analytics:workspace', 'metadata:workspace_id::varchar')
) }}
