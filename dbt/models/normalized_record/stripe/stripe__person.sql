-- One row per Stripe customer that is a person, as given.
{{ normalize_person_from('stripe__customer',
  id_type='billing_id',
  member=normalize_stripe_is_person(),
  full_name="iff(contains(name, '@'), null, name)",
  email='email',
  phone='phone',
  street='address:line1::varchar',
  city='address:city::varchar',
  region='address:state::varchar',
  postcode='address:postal_code::varchar',
  country='address:country::varchar',
  created_at=normalize_epoch('created'),
  crm_record_key=normalize_key('salesforce:contact', 'metadata:crm_contact_id::varchar'),
  user_record_key=normalize_key('product_analytics:user', 'metadata:user_id::varchar')
) }}
