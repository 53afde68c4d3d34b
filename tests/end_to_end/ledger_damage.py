"""Ways to tamper with the warehouse. Each plants its damage and says where verification must find it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from c360_assets.warehouse import Warehouse
from lineage import chain
from lineage.chain_logs import LOGS

Found = tuple[str, str]
"""What the finding must name: the table or chain, and the row."""


@dataclass(frozen=True)
class Damage:
    """One kind of damage."""

    name: str
    plant: Callable[[Warehouse], Found]


def _many_membered(session: Warehouse) -> tuple[str, str, list[str]]:
    """A version in force whose profile has several records: profile, version's key, members."""
    rows = session.rows(
        "select profile_id, version_key, to_json(members) from GOLDEN_PROFILE.PROFILE_VERSION"
        " where valid_to is null and array_size(members) >= 3 and grounds like '%%r%%' order by profile_id limit 1"
    )
    profile, key, members = rows[0]
    return profile, key, json.loads(members)


def changed_winner(session: Warehouse) -> Found:
    profile, field, other = session.rows(
        "select profile_id, field, losers[0]:record_key::varchar from GOLDEN_PROFILE.PROFILE_FIELD"
        " where array_size(losers) > 0 order by 1, 2 limit 1"
    )[0]
    session.execute(
        "update GOLDEN_PROFILE.PROFILE_FIELD set winner_record_key = %s where profile_id = %s and field = %s",
        [other, profile, field],
    )
    return "GOLDEN_PROFILE.PROFILE_FIELD", f"{profile} {field}"


def swapped_source(session: Warehouse) -> Found:
    _, key, members = _many_membered(session)
    swapped = [members[1], members[0], *members[2:]]
    session.execute(
        "update GOLDEN_PROFILE.PROFILE_VERSION set members = parse_json(%s)::array where version_key = %s",
        [json.dumps(swapped), key],
    )
    return "GOLDEN_PROFILE.PROFILE_VERSION", key


def removed_loser(session: Warehouse) -> Found:
    _, key, _ = _many_membered(session)
    grounds = session.scalar("select grounds from GOLDEN_PROFILE.PROFILE_VERSION where version_key = %s", [key])
    session.execute(
        "update GOLDEN_PROFILE.PROFILE_VERSION set grounds = %s where version_key = %s",
        [re.sub(r"r\d+", "", grounds, count=1), key],
    )
    return "GOLDEN_PROFILE.PROFILE_VERSION", key


def loser_removed_from_the_field(session: Warehouse) -> Found:
    profile, field = session.rows(
        "select profile_id, field from GOLDEN_PROFILE.PROFILE_FIELD where array_size(losers) > 0 order by 1, 2 limit 1"
    )[0]
    session.execute(
        "update GOLDEN_PROFILE.PROFILE_FIELD set losers = array_construct() where profile_id = %s and field = %s",
        [profile, field],
    )
    return "GOLDEN_PROFILE.PROFILE_FIELD", f"{profile} {field}"


def forged_receipt(session: Warehouse) -> Found:
    profile = session.scalar("select min(profile_id) from GOLDEN_PROFILE.PERSON")
    session.execute(
        "insert into ACTIVATION_FEED.RECEIPT (destination, profile_id, operation, payload_hash, batch_id, status,"
        " run_id, delivered_at) select 'crm', %s, 'update', 'f00d', 'forged', 'delivered', max(run_id),"
        " max(delivered_at) from ACTIVATION_FEED.RECEIPT",
        [profile],
    )
    return "ACTIVATION_FEED.RECEIPT", f"crm:forged:{profile}"


def hidden_field_of_a_delivery(session: Warehouse) -> Found:
    """As if a destination had never been told an e-mail address."""
    plan, profile = session.rows(
        "select plan_id, profile_id from ACTIVATION_FEED.SYNC_PLAN_ROW"
        " where destination = 'crm' and field_hashes:email::varchar <> '-' order by profile_id limit 1"
    )[0]
    session.execute(
        "update ACTIVATION_FEED.SYNC_PLAN_ROW set field_hashes ="
        """ parse_json(replace(to_json(field_hashes), '"email":', '"nobody":'))"""
        " where plan_id = %s and profile_id = %s",
        [plan, profile],
    )
    return "ACTIVATION_FEED.SYNC_PLAN_ROW", f"crm:{plan}:{profile}"


def turned_relation(session: Warehouse) -> Found:
    """Somebody is made to have worked for another company."""
    key, when = session.rows(
        "select relation_key, to_varchar(changed_at, 'YYYY-MM-DD HH24:MI:SS.FF6') from MATCH_CLUSTER.RELATION_HISTORY"
        " where relation_type = 'employee_of' and holds order by 1, 2 limit 1"
    )[0]
    session.execute(
        "update MATCH_CLUSTER.RELATION_HISTORY set to_id = 'org_0' where relation_key = %s and holds",
        [key],
    )
    return "MATCH_CLUSTER.RELATION_HISTORY", f"{key}:{when}:holds"


def extra_match(session: Warehouse) -> Found:
    _, _, members = _many_membered(session)
    left, right = sorted(members)[:2]
    session.execute(
        "insert into MATCH_CLUSTER.MATCH_EDGE (entity_kind, record_key_l, record_key_r, rule, match_weight, decision)"
        " values ('person', %s, %s, 'a_rule_of_my_own', 40.0, 'match')",
        [left, right],
    )
    return "MATCH_CLUSTER.MATCH_EDGE", f"{left} {right}"


def extra_column_edge(session: Warehouse) -> Found:
    event_id, text = session.rows(
        "select event_id, to_json(event) from LINEAGE.OPENLINEAGE_OUTBOX where job_name = 'normalized_record.person'"
        " and event_type = 'COMPLETE' and array_size(event:outputs) > 0 order by event_time limit 1"
    )[0]
    event = json.loads(text)
    fields = event["outputs"][0]["facets"]["columnLineage"]["fields"]
    extra = {**fields["EMAIL"]["inputFields"][0], "field": "JOB_TITLE", "name": "C360.NORMALIZED_RECORD.PERSON_INPUT"}
    fields["EMAIL"]["inputFields"].append(extra)
    session.execute(
        "update LINEAGE.OPENLINEAGE_OUTBOX set event = parse_json(%s) where event_id = %s",
        [json.dumps(event).replace("$", "\\u0024"), event_id],
    )
    return "LINEAGE.OPENLINEAGE_OUTBOX", event_id


def changed_decision(session: Warehouse) -> Found:
    name = session.scalar("select min(decision_id) from MATCH_CLUSTER.STEWARD_DECISION where verdict = 'same'")
    session.execute("update MATCH_CLUSTER.STEWARD_DECISION set verdict = 'different' where decision_id = %s", [name])
    return "MATCH_CLUSTER.STEWARD_DECISION", f"{name}:decided"


def changed_consent(session: Warehouse) -> Found:
    profile = session.scalar("select min(profile_id) from GOLDEN_PROFILE.CONSENT where state <> 'granted'")
    session.execute("update GOLDEN_PROFILE.CONSENT set state = 'granted' where profile_id = %s", [profile])
    return "GOLDEN_PROFILE.CONSENT", profile


def changed_consent_history(session: Warehouse) -> Found:
    key = session.scalar("select min(change_key) from GOLDEN_PROFILE.CONSENT_HISTORY where state = 'withdrawn'")
    session.execute("update GOLDEN_PROFILE.CONSENT_HISTORY set state = 'granted' where change_key = %s", [key])
    return "GOLDEN_PROFILE.CONSENT_HISTORY", key


def altered_access_log(session: Warehouse) -> Found:
    name = session.scalar("select min(access_id) from LINEAGE.ACCESS_LOG")
    session.execute("update LINEAGE.ACCESS_LOG set actor = 'somebody else' where access_id = %s", [name])
    return "LINEAGE.ACCESS_LOG", name


def access_cut_off(session: Warehouse) -> Found:
    """The last look is removed with all that the chain says of it, the head alone forgotten."""
    last = session.scalar("select max(entry) from LINEAGE.CHAIN_ENTRY where log = 'access'")
    session.execute(
        "delete from LINEAGE.ACCESS_LOG where access_id in (select row_key from LINEAGE.CHAIN_ROW"
        " where log = 'access' and entry = %s)",
        [last],
    )
    for table in (chain.ROW, chain.ENTRY):
        session.execute(f"delete from {table} where log = 'access' and entry = %s", [last])
    return "chain access", f"entry {last - 1}"


def deleted_ledger_row(session: Warehouse) -> Found:
    key = session.scalar("select min(version_key) from GOLDEN_PROFILE.PROFILE_VERSION where valid_to is not null")
    session.execute("delete from GOLDEN_PROFILE.PROFILE_VERSION where version_key = %s", [key])
    return "GOLDEN_PROFILE.PROFILE_VERSION", key


def reordered_chain(session: Warehouse) -> Found:
    session.execute(
        "update LINEAGE.CHAIN_ENTRY set entry = iff(entry = 2, 3, 2) where log = 'event' and entry in (2, 3)"
    )
    return "chain event", "entry 2"


def changed_manifest_hash(session: Warehouse) -> Found:
    name = session.scalar("select min(file_name) from SOURCE_SNAPSHOT.MANIFEST where object = 'contact'")
    session.execute("update SOURCE_SNAPSHOT.MANIFEST set file_sha256 = repeat('0', 64) where file_name = %s", [name])
    return "SOURCE_SNAPSHOT.MANIFEST", name


def altered_value(session: Warehouse) -> Found:
    profile = session.scalar("select min(profile_id) from GOLDEN_PROFILE.PERSON where email is not null")
    session.execute("update GOLDEN_PROFILE.PERSON set email = 'x@evil.example' where profile_id = %s", [profile])
    return "GOLDEN_PROFILE.PERSON", profile


def altered_normalised_record(session: Warehouse) -> Found:
    profile, record = session.rows(
        "select profile_id, winner_record_key from GOLDEN_PROFILE.PROFILE_FIELD where field = 'email'"
        " and entity_kind = 'person' order by 1 limit 1"
    )[0]
    session.execute("update NORMALIZED_RECORD.PERSON set email = 'x@evil.example' where record_key = %s", [record])
    return "GOLDEN_PROFILE.PROFILE_VERSION", profile


def altered_snapshot(session: Warehouse) -> Found:
    profile, record = session.rows(
        "select profile_id, winner_record_key from GOLDEN_PROFILE.PROFILE_FIELD where field = 'family_name'"
        " and winner_record_key like 'salesforce:contact:%%' order by 1 limit 1"
    )[0]
    session.execute(
        "update SOURCE_SNAPSHOT.SALESFORCE__CONTACT set lastname = 'Zzyzx' where _record_key = %s", [record]
    )
    return "GOLDEN_PROFILE.PROFILE_VERSION", profile


def rewritten_with_its_hashes(session: Warehouse) -> Found:
    """A value is altered wherever it stands, and the chain's row hash with it."""
    profile, value = session.rows(
        "select profile_id, value from GOLDEN_PROFILE.PROFILE_FIELD where field = 'family_name' order by 1 limit 1"
    )[0]
    session.execute(
        "update GOLDEN_PROFILE.PROFILE_FIELD set value = 'Zzyzx' where field = 'family_name' and profile_id = %s",
        [profile],
    )
    session.execute("update GOLDEN_PROFILE.PERSON set family_name = 'Zzyzx' where profile_id = %s", [profile])
    session.execute(
        "update GOLDEN_PROFILE.PROFILE_VERSION set field_values ="
        " parse_json(replace(to_json(field_values), '\"' || %s || '\"', '\"Zzyzx\"'))::array"
        " where valid_to is null and profile_id = %s",
        [value, profile],
    )
    _hashes_follow(session, "ledger", "profile_id = %s", [profile])
    return "GOLDEN_PROFILE.PROFILE_VERSION", profile


def _hashes_follow(session: Warehouse, log_name: str, condition: str, params: list[str]) -> None:
    """Whoever altered rows of a log puts the chain's hashes of them right, too."""
    log = LOGS[log_name]
    for key, fresh in session.rows(
        f"select {log.key}, sha2({log.content()}, 256) from {log.source} where {condition}", params
    ):
        session.execute(f"update {chain.ROW} set row_hash = %s where log = %s and row_key = %s", [fresh, log_name, key])


def consent_rewritten_with_its_history(session: Warehouse) -> Found:
    """A refusal is turned into a consent in every table that repeats it, but not in what the person decided."""
    profile = session.scalar("select min(profile_id) from GOLDEN_PROFILE.CONSENT where state = 'withdrawn'")
    for table in ("CONSENT", "CONSENT_HISTORY"):
        session.execute(
            f"update GOLDEN_PROFILE.{table} set state = 'granted' where state = 'withdrawn' and profile_id = %s",
            [profile],
        )
    _hashes_follow(session, "consent", "profile_id = %s", [profile])
    return "GOLDEN_PROFILE.CONSENT", f"{profile} "


def consent_given_by_nobody(session: Warehouse) -> Found:
    profile = session.scalar(
        "select min(profile_id) from GOLDEN_PROFILE.PERSON"
        " where profile_id not in (select profile_id from GOLDEN_PROFILE.CONSENT)"
    )
    for table, columns, values in (
        ("CONSENT", "", ""),
        ("CONSENT_HISTORY", "change_key, run_id, ", "'forged', 'forged', "),
    ):
        session.execute(
            f"insert into GOLDEN_PROFILE.{table} ({columns}profile_id, purpose, channel, region, state, fact_key,"
            f" is_conflict, changed_at) select {values}%s, 'marketing', 'email', 'ALL', 'granted', 'forged', false,"
            " max(changed_at) from GOLDEN_PROFILE.CONSENT",
            [profile],
        )
    return "GOLDEN_PROFILE.CONSENT", f"{profile} marketing/email/ALL"


def ended_version_rewritten(session: Warehouse) -> Found:
    """What a customer was called before is altered, and the chain's hash with it."""
    key, value = session.rows(
        """
select v.version_key, f.value from GOLDEN_PROFILE.PROFILE_VERSION as v
inner join GOLDEN_PROFILE.PROFILE_FIELD as f on v.profile_id = f.profile_id and f.field = 'family_name'
where v.valid_to is not null and array_contains(f.value::variant, v.field_values)
order by 1 limit 1
"""
    )[0]
    session.execute(
        "update GOLDEN_PROFILE.PROFILE_VERSION set field_values ="
        " parse_json(replace(to_json(field_values), '\"' || %s || '\"', '\"Zzyzx\"'))::array where version_key = %s",
        [value, key],
    )
    _hashes_follow(session, "ledger", "version_key = %s", [key])
    return "GOLDEN_PROFILE.PROFILE_VERSION", key


def first_version_cut_off(session: Warehouse) -> Found:
    """A profile's first version goes, with the row of the chain that tells of it."""
    profile = session.scalar("select min(profile_id) from GOLDEN_PROFILE.PROFILE_VERSION where version = 2")
    session.execute("delete from GOLDEN_PROFILE.PROFILE_VERSION where version_key = %s", [f"{profile}:1"])
    session.execute(f"delete from {chain.ROW} where log = 'ledger' and row_key = %s", [f"{profile}:1"])
    return "GOLDEN_PROFILE.PROFILE_VERSION", f"{profile}:2"


def edge_that_no_value_bears_out(session: Warehouse) -> Found:
    """An edge too many in every event of a table, and the chain's hashes with it."""
    for event_id, text in session.rows(
        "select event_id, to_json(event) from LINEAGE.OPENLINEAGE_OUTBOX where job_name = 'normalized_record.person'"
        " and event_type = 'COMPLETE' and array_size(event:outputs) > 0"
    ):
        event = json.loads(text)
        fields = event["outputs"][0]["facets"]["columnLineage"]["fields"]
        extra = {
            **fields["EMAIL"]["inputFields"][0],
            "field": "JOB_TITLE",
            "name": "C360.NORMALIZED_RECORD.PERSON_INPUT",
        }
        fields["EMAIL"]["inputFields"].append(extra)
        session.execute(
            "update LINEAGE.OPENLINEAGE_OUTBOX set event = parse_json(%s) where event_id = %s",
            [json.dumps(event).replace("$", "\\u0024"), event_id],
        )
        _hashes_follow(session, "event", "event_id = %s", [event_id])
    return "events", "person email"


DAMAGES = [
    Damage(plant.__name__, plant)
    for plant in (
        changed_winner, swapped_source, removed_loser, loser_removed_from_the_field, forged_receipt,
        hidden_field_of_a_delivery, turned_relation, extra_match,
        extra_column_edge, changed_decision, changed_consent, changed_consent_history, altered_access_log,
        access_cut_off, deleted_ledger_row, reordered_chain, changed_manifest_hash, altered_value,
        altered_normalised_record, altered_snapshot, rewritten_with_its_hashes, consent_rewritten_with_its_history,
        consent_given_by_nobody, ended_version_rewritten, first_version_cut_off, edge_that_no_value_bears_out,
    )
]  # fmt: skip
