{# No two rows have the same values in `columns`. One statement, however many columns. #}
{% test golden_unique(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}

{# The expression holds for every row. #}
{% test golden_holds(model, expression) %}
select 1 as broken
from {{ model }}
where not ({{ expression }})
{% endtest %}

{# A field has one rule, and one that survivorship knows. #}
{% test golden_one_rule(model) %}
select entity_kind, field
from {{ model }}
group by entity_kind, field
having min(rule) <> max(rule)
  or max(iff(rule in ('owner', 'most_recent', 'most_complete', 'most_frequent', 'longest', 'union'), 0, 1)) = 1
{% endtest %}
