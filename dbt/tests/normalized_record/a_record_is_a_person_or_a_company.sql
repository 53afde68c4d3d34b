-- No record is both; each identifier belongs to a record that is one.
with
customer as (
  select record_key from {{ ref('person') }}
  union all
  select record_key from {{ ref('organization') }}
),

both as (
  select record_key from customer
  group by record_key
  having count(*) > 1
),

orphan as (
  select distinct record_key from {{ ref('identifier') }}
  where record_key not in (select customer.record_key from customer)
)

select record_key from both
union all
select record_key from orphan
