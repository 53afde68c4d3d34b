-- One row per Zendesk end user, as given. A name that is an address is no name.
{{ normalize_person_from('zendesk__user',
  id_type='user_id',
  member="coalesce(role, 'end-user') = 'end-user'",
  active='coalesce(active, true) and not coalesce(suspended, false)',
  full_name="iff(contains(name, '@'), null, name)",
  email='email',
  phone='phone',
  language='locale',
  organization_record_key=normalize_key('zendesk:organization', 'organization_id'),
  created_at='created_at',
  user_record_key="iff(external_id not like '001%' and external_id not like '003%', " ~ normalize_key('product_analytics:user', 'external_id') ~ ", null)",
  crm_record_key="case when external_id like '003%' then 'salesforce:contact:' || external_id end"
) }}
