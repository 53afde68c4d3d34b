-- One row per NetSuite customer that is a person, as given.
{{ normalize_person_from('netsuite__customer',
  id_type='billing_id',
  member='isperson',
  active='not isinactive',
  given_name='firstname',
  family_name='lastname',
  email='email',
  phone='phone',
  street='billaddr1',
  city='billcity',
  region='billstate',
  postcode='billzip',
  country='billcountry',
  tax_id='vatregnumber',
  brand='subsidiary',
  created_at='datecreated'
) }}
