{# Columns of profile_activity that golden profiles show as they stand. #}
{% macro golden_activity_columns() -%}
  {{ return([
    'open_opportunities', 'open_pipeline_amount', 'won_amount', 'next_close_date', 'invoices_total', 'orders_total',
    'invoices_open', 'revenue_12m', 'revenue_total', 'amount_open', 'amount_overdue', 'payment_status',
    'last_purchase_at', 'subscriptions_total', 'subscriptions_active', 'mrr', 'renewal_date', 'active_users_30d',
    'events_30d', 'features_adopted', 'adoption_rate', 'last_seen_at', 'tickets_open', 'tickets_90d',
    'satisfaction_score', 'last_ticket_at', 'emails_sent_90d', 'emails_opened_90d', 'emails_clicked_90d',
    'last_engaged_at', 'health_score'
  ]) }}
{%- endmacro %}

{# Health, 0 (worst) to 100: the weighted mean of the signals that exist, null where none does. Weights in brackets.
   usage (35): 60 for events of the last 30 days against the 30 days before, at most even, and 40 for adoption.
   payment (25): current 100, overdue 40, delinquent 0.
   support (20): share of good ratings, 80 where nobody rated, less 10 for each open ticket.
   engagement (20): opens and clicks against e-mails sent in 90 days; half of them answered is 100. #}
{% macro golden_health_score() -%}
  {%- set signals = [
    (35, "iff(usage.profile_id is null, null, 60 * least(1, coalesce(usage.events_30d, 0) / greatest(coalesce(usage.events_previous_30d, 0), 1))"
      ~ " + 40 * least(1, coalesce(usage.adoption_rate, iff(usage.events_30d > 0, 1, 0))))"),
    (25, "case finance.payment_status when 'current' then 100 when 'overdue' then 40 when 'delinquent' then 0 end"),
    (20, "iff(support.profile_id is null, null, greatest(0, coalesce(support.satisfaction_score, 80) - 10 * support.tickets_open))"),
    (20, "iff(coalesce(engagement.emails_sent_90d, 0) = 0, null, least(100, 200.0 * (engagement.emails_opened_90d"
      ~ " + engagement.emails_clicked_90d) / engagement.emails_sent_90d))")
  ] -%}
  (
    (
      {% for weight, signal in signals -%}
      {{ weight }} * coalesce({{ signal }}, 0){{ ' + ' if not loop.last }}
      {% endfor -%}
    )
    / nullif(
      {% for weight, signal in signals -%}
      iff({{ signal }} is null, 0, {{ weight }}){{ ' + ' if not loop.last }}
      {% endfor -%}
    , 0)
  )::number(5, 1)
{%- endmacro %}
