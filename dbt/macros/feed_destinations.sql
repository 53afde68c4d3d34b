{# The destinations as declared in c360_assets/defs/activation_feed; `c360_assets.activation.dbt_vars` passes them.
   The default is what is shipped, so that `dbt build` works on its own; a test holds them together. #}
{% macro feed_destinations() -%}
  {{ return(var('destinations', [
    {'destination': 'crm', 'entities': ['organization', 'person'], 'key': ['salesforce', 'profile_id'],
      'purpose': 'service', 'channel': none, 'legal_basis': 'contract', 'regions': [], 'suppress': []},
    {'destination': 'marketing', 'entities': ['person'], 'key': ['email'],
      'purpose': 'marketing', 'channel': 'email', 'legal_basis': 'consent', 'regions': [], 'suppress': []},
    {'destination': 'prospects', 'entities': ['person'], 'key': ['email'],
      'purpose': 'marketing', 'channel': 'email', 'legal_basis': 'consent', 'regions': [], 'suppress': [
        {'rule': 'existing_customers', 'products': []},
        {'rule': 'products_owned', 'products': ['business', 'enterprise']}]},
    {'destination': 'success', 'entities': ['organization'], 'key': ['profile_id'],
      'purpose': 'service', 'channel': none, 'legal_basis': 'contract', 'regions': [], 'suppress': []},
    {'destination': 'support', 'entities': ['organization', 'person'], 'key': ['zendesk'],
      'purpose': 'service', 'channel': none, 'legal_basis': 'contract', 'regions': [], 'suppress': []}
  ])) }}
{%- endmacro %}

{# How the destination knows the customer: the first that there is of e-mail (a valid one of the person's own), profile
   id, and the record ids of sources. #}
{% macro feed_key(sources) -%}
  coalesce(
    {%- for source in sources %}
    {%- if source == 'profile_id' %} profile.profile_id
    {%- elif source == 'email' %} iff(profile.email_is_valid, profile.email, null)
    {%- else %} split_part(profile.source_keys:{{ source }}::varchar, ':', 3)
    {%- endif %}{{ ',' if not loop.last }}
    {%- endfor %}{{ ', null' if sources | length == 1 }}
  )
{%- endmacro %}

{# Why a destination may not hold the profile, the first reason; null where it may. Fail closed: what is not known
   to be allowed is not. Rules: governance/validation.yaml and the destination's declaration. #}
{% macro feed_reason(destination) -%}
  {%- set rules = golden_validation() -%}
  case
    {%- for field in rules.required_fields %}
    when {{ 'array_size(profile.source_systems) = 0 or ' if field == 'source_systems' }}profile.{{ field }} is null
      then 'missing_{{ field }}'
    {%- endfor %}
    {%- for field in rules.uniqueness_checks %}
    when count(*) over (partition by profile.{{ field }}) > 1 then 'duplicate_{{ field }}'
    {%- endfor %}
    {%- for rule in rules.blocked_conditions if destination.destination in rule.destinations or '*' in rule.destinations %}
    when {% for field, values in rule.when.items() -%}
      profile.{{ field }}::varchar in ({% for value in values %}'{{ value | string | replace("'", "''") }}'{{ ', ' if not loop.last }}{% endfor %})
      {{- ' and ' if not loop.last }}
    {%- endfor %} then 'blocked_{{ rule.when.keys() | join('_and_') }}'
    {%- endfor %}
    {%- if destination.regions %}
    when coalesce(profile.region, profile.country) is null then 'region_unknown'
    when coalesce(profile.region, '') not in ('{{ destination.regions | join("', '") }}')
      and coalesce(profile.country, '') not in ('{{ destination.regions | join("', '") }}') then 'region_not_served'
    {%- endif %}
    {%- if destination.channel %}
    when consent.state is null then 'consent_unknown'
    when consent.state <> 'granted' then 'consent_' || consent.state
    {%- endif %}
    {%- for rule in destination.suppress %}
    {%- if rule.rule == 'existing_customers' %}
    when 'active' in (profile.customer_status, employer.customer_status) then 'existing_customer'
    {%- else %}
    {%- for product in rule.products %}
    when array_contains('{{ product }}'::variant, ownership.products) then 'owns_{{ product | replace(' ', '_') }}'
    {%- endfor %}
    {%- endif %}
    {%- endfor %}
    when {{ feed_key(destination.key) }} is null then 'no_destination_key'
  end
{%- endmacro %}
