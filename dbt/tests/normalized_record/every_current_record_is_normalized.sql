-- Nothing is lost on the way: each record that this run read and that is a member of its kind stands in its table.
select record_key from {{ ref('person_input') }}
where is_member and record_key not in (select person.record_key from {{ ref('person') }} as person)
union all
select record_key from {{ ref('organization_input') }}
where is_member and record_key not in (select company.record_key from {{ ref('organization') }} as company)
