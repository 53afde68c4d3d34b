"""A warehouse of many profiles from a small one: every profile, record and delivery as often as asked, under new ids.

The shapes are those of the small run; only ids differ between copies, so sizes on disk are not measured on it. Rows are
written in the order in which a first run of as many profiles writes them.
"""

from __future__ import annotations

from c360_assets.warehouse import Warehouse
from lineage import chain

_PROFILE = {
    "PROFILE_ID",
    "UNIFIED_CUSTOMER_ID",
    "OTHER_PROFILE_ID",
    "PREVIOUS_PROFILE_ID",
    "MERGED_INTO",
    "FROM_PROFILE_ID",
}
_RECORD = {
    "FACT_KEY",
    "SOURCE_RECORD_KEY",
    "RECORD_KEY",
    "_RECORD_KEY",
    "RECORD_KEY_L",
    "RECORD_KEY_R",
    "WINNER_RECORD_KEY",
    "FOUNDER_RECORD_KEY",
}
_VALUE = {"SOURCE_RECORD_ID", "VALUE", "VALUE_CANONICAL", "SUBJECT_VALUE_CANONICAL"}
_ORDER = {
    "GOLDEN_PROFILE.PROFILE_VERSION": "profile_id",
    "GOLDEN_PROFILE.MATCH_EVIDENCE": "profile_id",
    "GOLDEN_PROFILE.CONSENT_HISTORY": "profile_id",
    "MATCH_CLUSTER.PROFILE_EVENT": "profile_id",
    "MATCH_CLUSTER.RELATION_HISTORY": "from_profile_id",
    "ACTIVATION_FEED.RECEIPT": "destination, profile_id",
    "ACTIVATION_FEED.SYNC_PLAN_ROW": "destination, profile_id",
    'NORMALIZED_RECORD."IDENTIFIER"': "value_canonical",
}
_TABLES = (
    "GOLDEN_PROFILE.PROFILE_VERSION", "GOLDEN_PROFILE.MATCH_EVIDENCE", "GOLDEN_PROFILE.CONSENT_HISTORY",
    "GOLDEN_PROFILE.CONSENT", "GOLDEN_PROFILE.PROFILE_FIELD", "GOLDEN_PROFILE.PROFILE_MEMBER",
    "GOLDEN_PROFILE.PERSON", "GOLDEN_PROFILE.ORGANIZATION", "MATCH_CLUSTER.CLUSTER", "MATCH_CLUSTER.MATCH_EDGE",
    "MATCH_CLUSTER.PROFILE_EVENT", "MATCH_CLUSTER.PROFILE_MEMBER_HISTORY", "MATCH_CLUSTER.PROFILE_REGISTRY",
    "MATCH_CLUSTER.RELATION_HISTORY",
    "NORMALIZED_RECORD.PERSON", "NORMALIZED_RECORD.ORGANIZATION", 'NORMALIZED_RECORD."IDENTIFIER"',
    "NORMALIZED_RECORD.CONSENT_EVENT", "ACTIVATION_FEED.RECEIPT", "ACTIVATION_FEED.DESTINATION_STATE",
    "ACTIVATION_FEED.SYNC_PLAN_ROW",
)  # fmt: skip


def multiply(session: Warehouse, copies: int) -> int:
    """Write `copies` more of everything that hangs on a profile, chained; returns how many profiles there are then."""
    snapshots = [
        f"SOURCE_SNAPSHOT.{name}"
        for (name,) in session.rows(
            "select distinct upper(split_part(record_key, ':', 1) || '__' || split_part(record_key, ':', 2))"
            " from MATCH_CLUSTER.CLUSTER order by 1"
        )
    ]
    for table in (*_TABLES, *snapshots):
        schema, name = table.replace('"', "").split(".")
        columns = [
            column
            for (column,) in session.rows(
                "select column_name from information_schema.columns where table_schema = %s and table_name = %s"
                " order by ordinal_position",
                [schema, name],
            )
        ]
        listed = ", ".join(f'"{column}"' for column in columns)
        made = ", ".join(f'{_copied(table, column)} as "{column}"' for column in columns)
        order = f" order by {_ORDER[table]}" if table in _ORDER else ""
        session.execute(
            f"insert into {table} ({listed}) select {listed} from (select {made} from {table} as given"
            f" cross join (select seq4() + 1 as copy from table(generator(rowcount => {int(copies)}))) as many){order}"
        )
    for log in ("ledger", "consent", "evidence", "relation", "delivery", "told"):
        chain.seal(session, log)
    return int(session.scalar("select count(distinct profile_id) from GOLDEN_PROFILE.PROFILE_VERSION"))


def _copied(table: str, column: str) -> str:
    given = f'given."{column}"'
    if column in _PROFILE:
        return f"substr({given}, 1, 4) || left(md5({given} || many.copy), 20)"
    if column in _RECORD or (column in _VALUE and table.startswith("NORMALIZED_RECORD.")):
        return f"{given} || '-' || many.copy"
    if column == "VERSION_KEY":
        return "substr(given.profile_id, 1, 4) || left(md5(given.profile_id || many.copy), 20) || ':' || given.version"
    if column == "TO_ID":
        profile = f"substr({given}, 1, 4) || left(md5({given} || many.copy), 20)"
        return f"iff(given.to_kind = 'profile', {profile}, {given} || '-' || many.copy)"
    if column in ("CHANGE_KEY", "RELATION_KEY"):
        return f"md5({given} || many.copy)"
    if column == "MEMBERS":
        text = f"""replace(to_json({given}), '","', '-' || many.copy || '","')"""
        return f"""parse_json(replace({text}, '"]', '-' || many.copy || '"]'))::array"""
    if column == "LOSERS":
        return f"""parse_json(replace(to_json({given}), '","source"', '-' || many.copy || '","source"'))::array"""
    return given
