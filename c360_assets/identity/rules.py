"""Deterministic rules, named by their reason: a shared identifier that only one customer can have."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from c360_assets.identity.contradictions import pair_contradiction
from c360_assets.identity.settings import MatchSettings
from c360_assets.identity.touched import TOUCHED
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


CROWDED = "identifier:"
# Kind to the contradictions that do not count in this data.
Suspended = Mapping[str, Collection[str]]

# Both carry the mailbox, so the given names must not speak of two people who share it.
_ONE_NAME = """
    nullif(l.family_name_key, '') = r.family_name_key
    and (
        nullif(l.given_name_key, '') is null or nullif(r.given_name_key, '') is null
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


def linking_identifiers(kind: str) -> str:
    """The select of a kind's identifiers that rules may link by: valid, unshared, of a type that has a rule."""
    types = ", ".join(sorted({f"'{rule.identifier_type}'" for rule in RULES if rule.kind == kind}))
    return f"""
    select distinct entity_kind, identifier_type, value_canonical, record_key from NORMALIZED_RECORD.IDENTIFIER
    where is_valid and not is_shared and value_canonical <> ''
        and entity_kind = '{kind}' and identifier_type in ({types})"""


def _kind_sql(kind: str, settings: MatchSettings, suspended: Suspended) -> str:
    """The kind's linked pairs that meet the condition of a rule, with its decision."""
    rules = [rule for rule in RULES if rule.kind == kind]
    values = ", ".join(
        f"('{rule.name}', '{rule.identifier_type}', {rule.probability}, '{settings.rules.get(rule.name, 'match')}')"
        for rule in rules
    )
    conditions = " ".join(f"when '{rule.name}' then {rule.condition}" for rule in rules if rule.condition != "true")
    condition = f"case rule.name {conditions} else true end" if conditions else "true"
    record = f"NORMALIZED_RECORD.{kind.upper()}"
    return f"""
select '{kind}' as entity_kind, l.record_key as record_key_l, r.record_key as record_key_r, rule.name as rule,
    rule.probability::float as match_probability,
    iff(
        rule.decision = 'match' and {pair_contradiction(kind, suspended.get(kind, ()))}, 'review', rule.decision
    ) as decision,
    rule.identifier_type
from pair
inner join (
    select column1 as name, column2 as identifier_type, column3 as probability, column4 as decision
    from values {values}
) as rule on pair.identifier_type = rule.identifier_type
inner join {record} as l on pair.record_key_l = l.record_key
inner join {record} as r on pair.record_key_r = r.record_key
where pair.entity_kind = '{kind}' and {condition}"""


_ALL_PAIRS = """
    select l.entity_kind, l.identifier_type, l.record_key as record_key_l, r.record_key as record_key_r
    from held as l
    inner join held as r on {same_value} and l.record_key < r.record_key"""
_CHANGED_PAIRS = f"""
    select l.entity_kind, l.identifier_type, least(l.record_key, r.record_key) as record_key_l,
        greatest(l.record_key, r.record_key) as record_key_r
    from held as l
    inner join {TOUCHED} as touched
        on l.record_key = touched.record_key and l.entity_kind = touched.entity_kind and touched.is_changed
    inner join held as r on {{same_value}} and l.record_key <> r.record_key"""
# All holders of a value that a changed record holds.
_OF_CHANGED = f"""
changed_value as (
    select distinct identifier.identifier_type, identifier.value_canonical
    from identifier
    inner join {TOUCHED} as touched
        on identifier.record_key = touched.record_key and identifier.entity_kind = touched.entity_kind
        and touched.is_changed
),
wanted as (
    select identifier.* from identifier
    inner join changed_value
        on identifier.value_canonical = changed_value.value_canonical
        and identifier.identifier_type = changed_value.identifier_type
),"""
_SAME_VALUE = """l.value_canonical = r.value_canonical
        and l.identifier_type = r.identifier_type and l.entity_kind = r.entity_kind"""


def write_rule_edges(
    warehouse: Warehouse, settings: MatchSettings, run: Run, everything: bool = True, suspended: Suspended | None = None
) -> None:
    """Bring the rules' edges up to date: all, or those of the records that changed or are gone.

    Edges that are as before keep their run and time.
    """
    kinds, suspended = sorted({rule.kind for rule in RULES}), suspended or {}
    pairs = (_ALL_PAIRS if everything else _CHANGED_PAIRS).format(same_value=_SAME_VALUE)
    source, wanted = ("identifier", "") if everything else ("wanted", _OF_CHANGED)
    warehouse.execute(f"""
create or replace transient table MATCH_CLUSTER_STEP.RULE_EDGE as
with identifier as ({" union all ".join(linking_identifiers(kind) for kind in kinds)}),
{wanted}
limited as (
    select entity_kind, identifier_type, value_canonical from {source}
    group by entity_kind, identifier_type, value_canonical
    having count(*) between 2 and {settings.identifier_limit()}
),
held as (
    select holder.* from {source} as holder
    inner join limited
        on holder.value_canonical = limited.value_canonical
        and holder.identifier_type = limited.identifier_type and holder.entity_kind = limited.entity_kind
),
pair as ({pairs}
    group by all
),
found as ({" union all ".join(_kind_sql(kind, settings, suspended) for kind in kinds)})
select entity_kind, record_key_l, record_key_r, rule, min(match_probability) as match_probability,
    min(decision) as decision, min(identifier_type) as identifier_type
from found
group by entity_kind, record_key_l, record_key_r, rule
""")
    same = """edge.entity_kind = found.entity_kind and edge.record_key_l = found.record_key_l
    and edge.record_key_r = found.record_key_r and edge.rule = found.rule and edge.decision = found.decision
    and edge.match_probability = found.match_probability"""
    changed = f"select entity_kind || ':' || record_key from {TOUCHED} where is_changed"
    scope = f"""and (
    edge.entity_kind || ':' || edge.record_key_l in ({changed})
    or edge.entity_kind || ':' || edge.record_key_r in ({changed})
)"""
    warehouse.execute(f"""
delete from MATCH_CLUSTER.MATCH_EDGE as edge
where edge.rule not in ('splink', 'steward')
    and not exists (select 1 from MATCH_CLUSTER_STEP.RULE_EDGE as found where {same})
    {"" if everything else scope}
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
