"""Deterministic rules, named by their reason: a shared identifier that only one customer can have."""

from __future__ import annotations

from dataclasses import dataclass

from c360_assets.identity.contradictions import PAIR_CONTRADICTION
from c360_assets.identity.settings import MatchSettings
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse


@dataclass(frozen=True)
class Rule:
    """Two records of `kind` with one valid, unshared identifier of `identifier_type`, and `condition` on both."""

    name: str
    kind: str
    identifier_type: str
    probability: float
    condition: str = "true"


# Both carry the mailbox, so the given names must not speak of two people who share it.
_ONE_NAME = """
    l.family_name_key = r.family_name_key
    and (
        l.given_name_key is null or r.given_name_key is null
        or (
            least(length(l.given_name_key), length(r.given_name_key)) <= 1
            and left(l.given_name_key, 1) = left(r.given_name_key, 1)
        )
        or jarowinkler_similarity(l.given_name_key, r.given_name_key) >= 88
    )"""
_ONE_COUNTRY = "coalesce(l.country, r.country, '') = coalesce(r.country, l.country, '')"

RULES = (
    Rule("same_tax_id", "organization", "tax_id", 0.999),
    Rule("same_registration_id", "organization", "registration_id", 0.995, _ONE_COUNTRY),
    Rule("same_crm_link", "organization", "crm_id", 0.99),
    Rule("same_billing_link", "organization", "billing_id", 0.99),
    Rule("same_workspace_link", "organization", "workspace_id", 0.99),
    Rule("same_tax_id", "person", "tax_id", 0.999),
    Rule("same_crm_link", "person", "crm_id", 0.99),
    Rule("same_billing_link", "person", "billing_id", 0.99),
    Rule("same_user_id", "person", "user_id", 0.99),
    Rule("same_verified_email_and_family_name", "person", "email", 0.995, _ONE_NAME),
)


def _rule_sql(rule: Rule, settings: MatchSettings) -> str:
    decision = settings.rules.get(rule.name, "match")
    record = f"NORMALIZED_RECORD.{rule.kind.upper()}"
    return f"""
select '{rule.kind}' as entity_kind, l.record_key as record_key_l, r.record_key as record_key_r, '{rule.name}' as rule,
    {rule.probability}::float as match_probability,
    iff('{decision}' = 'match' and {PAIR_CONTRADICTION[rule.kind]}, 'review', '{decision}') as decision,
    '{rule.identifier_type}' as identifier_type
from held as held_l
inner join held as held_r
    on held_l.value_canonical = held_r.value_canonical and held_l.identifier_type = held_r.identifier_type
    and held_l.entity_kind = held_r.entity_kind and held_l.record_key < held_r.record_key
inner join {record} as l on held_l.record_key = l.record_key
inner join {record} as r on held_r.record_key = r.record_key
where held_l.identifier_type = '{rule.identifier_type}' and held_l.entity_kind = '{rule.kind}' and ({rule.condition})"""


def write_rule_edges(warehouse: Warehouse, settings: MatchSettings, run: Run) -> dict[str, int]:
    """Bring the rules' edges up to date; returns matches by '<kind>.<rule>'.

    The rules are equality joins, so they are worked out anew; edges that are as before keep their run and time.
    """
    wanted = ", ".join(f"('{kind}', '{kind_type}')" for kind, kind_type in {(r.kind, r.identifier_type) for r in RULES})
    union = "\nunion all\n".join(_rule_sql(rule, settings) for rule in RULES)
    warehouse.execute(f"""
create or replace transient table MATCH_CLUSTER_STEP.RULE_EDGE as
with identifier as (
    select distinct entity_kind, identifier_type, value_canonical, record_key
    from NORMALIZED_RECORD.IDENTIFIER
    where is_valid and not is_shared and value_canonical is not null
        and (entity_kind, identifier_type) in ({wanted})
),
limited as (
    select entity_kind, identifier_type, value_canonical from identifier
    group by entity_kind, identifier_type, value_canonical
    having count(*) between 2 and {settings.max_identifier_records}
),
held as (
    select identifier.* from identifier
    inner join limited
        on identifier.value_canonical = limited.value_canonical
        and identifier.identifier_type = limited.identifier_type and identifier.entity_kind = limited.entity_kind
),
found as ({union})
select entity_kind, record_key_l, record_key_r, rule, min(match_probability) as match_probability,
    min(decision) as decision, min(identifier_type) as identifier_type
from found
group by entity_kind, record_key_l, record_key_r, rule
""")
    same = """edge.entity_kind = found.entity_kind and edge.record_key_l = found.record_key_l
    and edge.record_key_r = found.record_key_r and edge.rule = found.rule and edge.decision = found.decision
    and edge.match_probability = found.match_probability"""
    warehouse.execute(f"""
delete from MATCH_CLUSTER.MATCH_EDGE as edge
where edge.rule <> 'splink' and not exists (select 1 from MATCH_CLUSTER_STEP.RULE_EDGE as found where {same})
""")
    warehouse.execute(f"""
insert into MATCH_CLUSTER.MATCH_EDGE (
    entity_kind, record_key_l, record_key_r, rule, match_weight, match_probability, decision, evidence,
    model_version, run_id, compared_at
)
select found.entity_kind, found.record_key_l, found.record_key_r, found.rule,
    log(2, found.match_probability / (1 - found.match_probability)), found.match_probability, found.decision,
    object_construct('identifier_type', found.identifier_type), null, '{run.run_id}',
    '{run.started_at_text}'::timestamp_ntz
from MATCH_CLUSTER_STEP.RULE_EDGE as found
left join MATCH_CLUSTER.MATCH_EDGE as edge on {same}
where edge.record_key_l is null
""")
    rows = warehouse.rows(
        "select entity_kind || '.' || rule, count(*) from MATCH_CLUSTER_STEP.RULE_EDGE group by 1 order by 1"
    )
    return {name: int(count) for name, count in rows}
