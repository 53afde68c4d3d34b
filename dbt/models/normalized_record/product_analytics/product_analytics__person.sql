-- One row per product user, as given.
{{ normalize_person_from('product_analytics__user',
  id_type='user_id',
  active='is_active',
  full_name="iff(contains(name, '@'), null, name)",
  email='email',
  language='locale',
  organization_record_key=normalize_key('product_analytics:workspace', 'workspace_id'),
  created_at='signup_at'
) }}
