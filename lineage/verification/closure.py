"""What tables say of each other: a damage that one of them hides, another one tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lineage.chain import exists
from lineage.outbox import Session
from lineage.tracing.among import among, keys_text
from lineage.tracing.finding import Finding

_MOST = 100
_ONLY = re.compile(r"\{only:([^}]+)\}")
_LEDGER = "GOLDEN_PROFILE.PROFILE_VERSION"


@dataclass(frozen=True)
class Closure:
    """Rows that must not be: `sql` selects their keys. `{only:COLUMN}` says: of the profiles asked for.

    It stands in inner queries, too, wherever it spares them work.
    """

    where: str
    what: str
    sql: str
    needs: tuple[str, ...] = ()


def _golden(kind: str) -> tuple[Closure, ...]:
    table = f"GOLDEN_PROFILE.{kind.upper()}"
    return (
        Closure(
            table, "has no version in force that says the same",
            f"select profile_id as row_key from {table} as golden where true {{only:golden.profile_id}}"
            f" and not exists (select 1 from {_LEDGER} as v where v.profile_id = golden.profile_id"
            " and v.valid_to is null and v.row_hash = golden.row_hash)",
        ),
        Closure(
            _LEDGER, "is in force, though there is no such profile",
            f"select version_key as row_key from {_LEDGER} where valid_to is null and entity_kind = '{kind}'"
            f" {{only:profile_id}} and profile_id not in (select profile_id from {table})",
        ),
    )  # fmt: skip


CLOSURES = (
    *_golden("person"),
    *_golden("organization"),
    Closure(
        _LEDGER, "its records are not those of the cluster",
        f"""select v.version_key as row_key from {_LEDGER} as v
left join (
  select profile_id, to_json(array_agg(record_key) within group (order by record_key)) as members
  from GOLDEN_PROFILE.PROFILE_MEMBER where true {{only:profile_id}} group by profile_id
) as m on v.profile_id = m.profile_id
where v.valid_to is null and to_json(v.members) is distinct from m.members {{only:v.profile_id}}""",
    ),
    Closure(
        "MATCH_CLUSTER.CLUSTER", "belongs to another profile than the one it was published with",
        "select c.record_key as row_key from MATCH_CLUSTER.CLUSTER as c inner join GOLDEN_PROFILE.PROFILE_MEMBER as m"
        " on c.record_key = m.record_key where c.profile_id <> m.profile_id {only:c.profile_id}",
    ),
    Closure(
        "GOLDEN_PROFILE.CONSENT", "is not the consent that was last written to the history",
        """select p.profile_id || ' ' || p.purpose || '/' || p.channel || '/' || p.region as row_key
from GOLDEN_PROFILE.CONSENT as p
left join (
  select * from GOLDEN_PROFILE.CONSENT_HISTORY where true {only:profile_id}
  qualify row_number() over (partition by profile_id, purpose, channel, region order by changed_at desc) = 1
) as h on p.profile_id = h.profile_id and p.purpose = h.purpose and p.channel = h.channel and p.region = h.region
where (p.state is distinct from h.state or p.fact_key is distinct from h.fact_key
  or p.expires_at is distinct from h.expires_at or p.legal_basis is distinct from h.legal_basis) {only:p.profile_id}""",
    ),
    Closure(
        "GOLDEN_PROFILE.CONSENT", "is in force by the history and is not there",
        """select h.profile_id || ' ' || h.purpose || '/' || h.channel || '/' || h.region as row_key
from (
  select * from GOLDEN_PROFILE.CONSENT_HISTORY where true {only:profile_id}
  qualify row_number() over (partition by profile_id, purpose, channel, region order by changed_at desc) = 1
) as h
left join GOLDEN_PROFILE.CONSENT as p
  on p.profile_id = h.profile_id and p.purpose = h.purpose and p.channel = h.channel and p.region = h.region
where h.state <> 'none' and p.profile_id is null""",
    ),
    Closure(
        "MATCH_CLUSTER.MATCH_EDGE", "is a match within a profile that was not there, or not so, when it was published",
        """select e.record_key_l || ' ' || e.record_key_r || ' ' || e.rule as row_key
from MATCH_CLUSTER.MATCH_EDGE as e
inner join (
  select * from GOLDEN_PROFILE.PROFILE_MEMBER where true {only:profile_id}
) as l on e.record_key_l = l.record_key
inner join GOLDEN_PROFILE.PROFILE_MEMBER as r on e.record_key_r = r.record_key and l.profile_id = r.profile_id
left join (
  select * from GOLDEN_PROFILE.MATCH_EVIDENCE where true {only:profile_id}
  qualify row_number() over (
    partition by profile_id, record_key_l, record_key_r, rule order by changed_at desc
  ) = 1
) as h on h.profile_id = l.profile_id and h.record_key_l = e.record_key_l and h.record_key_r = e.record_key_r
  and h.rule = e.rule and h.holds
where e.decision = 'match' and (h.change_key is null or e.match_weight is distinct from h.match_weight
  or to_json(e.evidence) is distinct from to_json(h.evidence))""",
    ),
    Closure(
        "ACTIVATION_FEED.DESTINATION_STATE", "is not what the destination was last told by the receipts",
        """select coalesce(s.destination, r.destination) || ' ' || coalesce(s.profile_id, r.profile_id) as row_key
from ACTIVATION_FEED.DESTINATION_STATE as s
full outer join (
  select * from (
    select * from ACTIVATION_FEED.RECEIPT
    where status = 'delivered' {only:profile_id}
    qualify row_number() over (
      partition by destination, profile_id order by delivered_at desc, recorded_at desc, batch_id desc
    ) = 1
  ) where operation in ('create', 'update')
) as r on s.destination = r.destination and s.profile_id = r.profile_id
where (s.payload_hash is distinct from r.payload_hash or s.batch_id is distinct from r.batch_id)
  {only:coalesce(s.profile_id, r.profile_id)}""",
        ("ACTIVATION_FEED.RECEIPT", "ACTIVATION_FEED.DESTINATION_STATE"),
    ),
)  # fmt: skip


def check_closure(session: Session, profiles: Sequence[str] = ()) -> Iterator[Finding]:
    """Rows that contradict another table, of these profiles or of all."""
    for closure in CLOSURES:
        if not all(exists(session, table) for table in closure.needs):
            continue
        sql = _ONLY.sub(lambda only: f"and {among(only[1])}" if profiles else "", closure.sql)
        params = [keys_text(profiles)] * (len(_ONLY.findall(closure.sql)) if profiles else 0)
        for (key,) in session.rows(f"select row_key from ({sql}) order by row_key limit {_MOST}", params):
            yield Finding(closure.where, str(key), closure.what)
