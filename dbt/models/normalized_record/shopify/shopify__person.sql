-- One row per Shopify customer, as given.
{{ normalize_person_from('shopify__customer',
  id_type='user_id',
  active="coalesce(state, 'enabled') not in ('disabled', 'declined')",
  given_name='first_name',
  family_name='last_name',
  email='email',
  phone='coalesce(phone, default_address:phone::varchar)',
  street='default_address:address1::varchar',
  city='default_address:city::varchar',
  region='default_address:province::varchar',
  postcode='default_address:zip::varchar',
  country='coalesce(default_address:country_code::varchar, default_address:country::varchar)',
  organization_name='default_address:company::varchar',
  created_at='created_at'
) }}
