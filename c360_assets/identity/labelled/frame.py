"""The pairs that a draw is taken from: all of one profile, and those of two profiles that may be one customer.

All pairs of a million records cannot be a frame: matches would be too rare among them to be met. Two profiles belong
to it where blocking finds a pair between them, by the model's rules or by those that the data propose anew, and the
evidence of their best pair is not hopeless; then all pairs between them do. What is left out is as much as the model
expects to hold LEFT_OUT of the matches, and the draw says how much that is.
"""

from __future__ import annotations

from dataclasses import dataclass

from c360_assets.identity.block_rules import propose_rules
from c360_assets.identity.blocking import find_pairs
from c360_assets.identity.labelled.strata import layer_sql
from c360_assets.identity.models import MODELS, EntityModel
from c360_assets.identity.records import prepare_records
from c360_assets.identity.scoring import register_term_frequencies
from c360_assets.identity.settings import MatchSettings
from c360_assets.identity.splink_backend import SnowflakeAPI
from c360_assets.identity.tables import STEP_SCHEMA
from c360_assets.identity.training import TrainedModel, load_model, make_linker
from c360_assets.warehouse import Warehouse

LEFT_OUT = 0.005
"""The share of the matches that the model may expect outside the frame."""
ALWAYS_IN = -7.0
"""Bits: what has a chance of one in a hundred is in the frame, however many pairs that are."""
_HOPELESS = -20.0
# What a rule or a steward links without a score counts as strong evidence.
_RULE_BITS = 10.0


@dataclass(frozen=True)
class Frame:
    """A kind's frame: its table (record keys, is_claimed, stratum), its numbers, the size of each stratum."""

    table: str
    records: int
    claimed_pairs: int
    left_out_matches: float
    strata: dict[str, tuple[bool, int]]

    @property
    def pairs(self) -> int:
        """All pairs of the frame."""
        return sum(pairs for _, pairs in self.strata.values())


def build_frame(warehouse: Warehouse, kind: str, settings: MatchSettings) -> Frame | None:
    """Score what may match and build the kind's frame in the steps' schema; None where nothing was matched yet."""
    trained = load_model(warehouse, kind)
    if trained is None:
        return None
    model = MODELS[kind].with_attributes(tuple(settings.attributes.get(kind, ())))
    records = prepare_records(warehouse, model)
    if records < 2:
        return None
    rules = propose_rules(warehouse, model, settings, records) | trained.blocking
    model = model.with_blocking(rules)
    find_pairs(warehouse, model, settings, True)
    link = _links(warehouse, model, _scores(warehouse, model, trained))
    floor, left_out = _floor(warehouse, kind, link)
    table = _pairs(warehouse, kind, link, floor)
    rows = warehouse.rows(f"select stratum, is_claimed, count(*) from {table} group by stratum, is_claimed order by 1")
    strata = {name: (bool(is_claimed), int(pairs)) for name, is_claimed, pairs in rows}
    claimed = sum(pairs for is_claimed, pairs in strata.values() if is_claimed)
    return Frame(table, records, claimed, left_out, strata)


def _scores(warehouse: Warehouse, model: EntityModel, trained: TrainedModel) -> str:
    """All evidence between two records by their keys: bits and probability."""
    api = SnowflakeAPI(warehouse, STEP_SCHEMA, prefix=f"{model.kind}_FRAME__".upper())
    linker = make_linker(api, model.record_table, trained.settings)
    register_term_frequencies(warehouse, api, model, trained, linker)
    linker.table_management.register_blocked_pairs_for_predict(api.register(f"{model.record_table}__PAIR"))
    scored = linker.inference.predict(threshold_match_weight=_HOPELESS, warning_mode="never").physical_name
    table = f"{STEP_SCHEMA}.{model.kind.upper()}_FRAME_SCORE"
    warehouse.execute(f"""
create or replace transient table {table} as
with evidence as (
    select l.record_key as record_key_l, r.record_key as record_key_r,
        scored.match_weight as bits, scored.match_probability as chance
    from {scored} as scored
    inner join {model.record_table} as l on scored.record_no_l = l.record_no
    inner join {model.record_table} as r on scored.record_no_r = r.record_no
    union all
    select record_key_l, record_key_r, {_RULE_BITS}, 1.0 from MATCH_CLUSTER.MATCH_EDGE
    where entity_kind = '{model.kind}' and rule <> 'splink' and decision in ('match', 'review')
)
select least(record_key_l, record_key_r) as record_key_l, greatest(record_key_l, record_key_r) as record_key_r,
    max(bits) as bits, max(chance) as chance
from evidence
group by least(record_key_l, record_key_r), greatest(record_key_l, record_key_r)
""")
    return table


def _links(warehouse: Warehouse, model: EntityModel, scores: str) -> str:
    """Two profiles with evidence between them: that of their best pair, and the matches that the model expects."""
    table = f"{STEP_SCHEMA}.{model.kind.upper()}_FRAME_LINK"
    warehouse.execute(f"""
create or replace transient table {table} as
select least(l.profile_id, r.profile_id) as one, greatest(l.profile_id, r.profile_id) as other,
    max(score.bits) as bits, sum(score.chance) as chance
from {scores} as score
inner join MATCH_CLUSTER.CLUSTER as l on score.record_key_l = l.record_key
inner join MATCH_CLUSTER.CLUSTER as r on score.record_key_r = r.record_key
where l.profile_id <> r.profile_id
group by least(l.profile_id, r.profile_id), greatest(l.profile_id, r.profile_id)
""")
    return table


def _floor(warehouse: Warehouse, kind: str, link: str) -> tuple[float, float]:
    """The bits from which on two profiles belong to the frame, and the matches that the model expects below."""
    claimed = warehouse.scalar(
        "select coalesce(sum(n * (n - 1) / 2), 0)::float from (select count(*) as n from MATCH_CLUSTER.CLUSTER "
        "where entity_kind = %s group by profile_id)",
        [kind],
    )
    found = warehouse.scalar(f"""
with below as (select bits, sum(chance) over (order by bits, one, other) as chance from {link})
select min(bits) from below where chance > {LEFT_OUT * float(claimed)!r}
""")
    floor = min(ALWAYS_IN, float(found)) if found is not None else ALWAYS_IN
    return floor, float(warehouse.scalar(f"select coalesce(sum(chance), 0)::float from {link} where bits < {floor!r}"))


def _pairs(warehouse: Warehouse, kind: str, link: str, floor: float) -> str:
    table = f"{STEP_SCHEMA}.{kind.upper()}_FRAME"
    scores = f"{STEP_SCHEMA}.{kind.upper()}_FRAME_SCORE"
    warehouse.execute(f"""
create or replace transient table {table} as
with member as (select record_key, profile_id from MATCH_CLUSTER.CLUSTER where entity_kind = '{kind}'),
claimed as (
    select l.record_key as record_key_l, r.record_key as record_key_r
    from member as l inner join member as r on l.profile_id = r.profile_id and l.record_key < r.record_key
),
apart as (
    select least(l.record_key, r.record_key) as record_key_l, greatest(l.record_key, r.record_key) as record_key_r,
        link.bits
    from {link} as link
    inner join member as l on link.one = l.profile_id
    inner join member as r on link.other = r.profile_id
    where link.bits >= {floor!r}
)
select claimed.record_key_l, claimed.record_key_r, true as is_claimed, {layer_sql(True, "score.bits")} as stratum
from claimed
left join {scores} as score
    on claimed.record_key_l = score.record_key_l and claimed.record_key_r = score.record_key_r
union all
select record_key_l, record_key_r, false, {layer_sql(False, "bits")} from apart
""")
    return table
