"""Which pairs of records are worth comparing."""

from __future__ import annotations

from dataclasses import dataclass

from c360_assets.identity.models import EntityModel
from c360_assets.identity.records import identifier_table
from c360_assets.identity.rules import CROWDED
from c360_assets.identity.settings import MatchSettings
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse


@dataclass(frozen=True)
class Blocked:
    """What blocking found."""

    pairs: int
    oversized: int


def _block_table(warehouse: Warehouse, model: EntityModel, everything: bool) -> None:
    """One row per record and blocking rule whose columns all have a value.

    Without `everything`, of the blocks alone that a changed record is in, and of those that were oversized: no other
    block can make a pair or pass the limit. Of these, all records.
    """
    table, changed = f"{model.record_table}__BLOCK", f"{model.record_table}__CHANGED"
    parts = []
    for number, (rule, columns) in enumerate(model.blocking.items()):
        value = " || '|' || ".join(f"record.{column}" for column in columns)
        names = ", ".join(columns)
        select = f"select {number} as rule_no, '{rule}' as rule, {value} as block, record.record_no"
        present = " and ".join(f"record.{column} is not null" for column in columns)
        if everything:
            parts.append(f"{select} from record where {present}")
            continue
        same = " and ".join(f"record.{column} = wanted.{column}" for column in columns)
        parts.append(f"{select} from record inner join (select distinct {names} from changed) as wanted on {same}")
        parts.append(
            f"{select} from record inner join oversized on oversized.rule = '{rule}' and oversized.block = {value} "
            f"where {present}"
        )
    scope = (
        ""
        if everything
        else f""",
changed as (select record.* from record inner join {changed} as changed on record.record_no = changed.record_no),
oversized as (select rule, block from MATCH_CLUSTER.OVERSIZED_BLOCK where entity_kind = '{model.kind}')"""
    )
    # A block may be wanted for both reasons.
    union = "\nunion all\n" if everything else "\nunion\n"
    warehouse.execute(
        f"create or replace transient table {table} as\nwith record as (select * from {model.record_table}){scope}\n"
        + union.join(parts)
    )


def _limit(model: EntityModel, settings: MatchSettings) -> str:
    """How many records a block of `rule` may have."""
    limits = {rule: min(limit, settings.max_block_records) for rule, limit in model.block_limits.items()}
    cases = " ".join(f"when rule = '{rule}' then {limit}" for rule, limit in limits.items())
    return f"case {cases} else {settings.max_block_records} end" if cases else str(settings.max_block_records)


def _note_oversized(warehouse: Warehouse, model: EntityModel, settings: MatchSettings) -> bool:
    """Note the oversized blocks and identifiers; a record whose block passed the limit, either way, is compared again.

    Without that, a pair that was found while the block was small would outlive it, and a second run would
    differ from a full one. Returns whether there are such records.
    """
    block, now = f"{model.record_table}__BLOCK", f"{model.record_table}__OVERSIZED"
    limit = _limit(model, settings)
    warehouse.execute(f"""
create or replace transient table {now} as
select rule, block, count(*) as records from {block} group by rule, block having count(*) > {limit}
union all
select '{CROWDED}' || identifier_type, value_canonical, count(*)
from {identifier_table(model)} group by identifier_type, value_canonical having count(*) > {settings.identifier_limit()}
""")
    added = warehouse.execute(f"""
insert into {model.record_table}__CHANGED (record_no, record_key)
with now as (select rule, block from {now}),
before as (select rule, block from MATCH_CLUSTER.OVERSIZED_BLOCK where entity_kind = '{model.kind}'),
flipped as (
    select coalesce(now.rule, before.rule) as rule, coalesce(now.block, before.block) as block
    from now full outer join before on now.rule = before.rule and now.block = before.block
    where now.rule is null or before.rule is null
),
member as (
    select block.record_no from flipped
    inner join {block} as block on flipped.rule = block.rule and flipped.block = block.block
    union
    select record.record_no from flipped
    inner join {identifier_table(model)} as identifier
        on flipped.block = identifier.value_canonical and flipped.rule = '{CROWDED}' || identifier.identifier_type
    inner join {model.record_table} as record on identifier.record_key = record.record_key
)
select record.record_no, record.record_key
from member
inner join {model.record_table} as record on member.record_no = record.record_no
left join {model.record_table}__CHANGED as changed on record.record_no = changed.record_no
where changed.record_no is null
""")
    return bool(added.rowcount)


def remember_oversized(warehouse: Warehouse, model: EntityModel, run: Run, oversized: int) -> None:
    """Keep which blocks were skipped, for the next run and for the report."""
    warehouse.execute(f"delete from MATCH_CLUSTER.OVERSIZED_BLOCK where entity_kind = '{model.kind}'")
    if not oversized:
        return
    warehouse.execute(f"""
insert into MATCH_CLUSTER.OVERSIZED_BLOCK (entity_kind, rule, block, records, found_at)
select '{model.kind}', rule, block, records, '{run.started_at_text}'::timestamp_ntz
from {model.record_table}__OVERSIZED
""")


def block_pairs(warehouse: Warehouse, model: EntityModel, settings: MatchSettings, everything: bool) -> Blocked:
    """Build the table of pairs to compare: changed records with all records that share a block with them.

    One row per pair, `join_key_l` < `join_key_r`, as Splink's predict takes it; `match_key` is the number of the
    first rule that found the pair.
    """
    _block_table(warehouse, model, everything)
    if _note_oversized(warehouse, model, settings) and not everything:
        # Their other blocks are wanted, too; none of those has grown or shrunk.
        _block_table(warehouse, model, everything)
    pairs = _find(warehouse, model, settings, everything)
    counts = f"select (select count(*) from {pairs}), (select count(*) from {model.record_table}__OVERSIZED)"
    found, oversized = warehouse.rows(counts)[0]
    return Blocked(int(found), int(oversized))


def find_pairs(warehouse: Warehouse, model: EntityModel, settings: MatchSettings, everything: bool) -> str:
    """Build the table of pairs, as `block_pairs` does, and note nothing; returns its name."""
    _block_table(warehouse, model, everything)
    return _find(warehouse, model, settings, everything)


def _find(warehouse: Warehouse, model: EntityModel, settings: MatchSettings, everything: bool) -> str:
    block, pairs = f"{model.record_table}__BLOCK", f"{model.record_table}__PAIR"
    usable = f"""
with usable as (
    select rule_no, block from {block}
    group by rule_no, rule, block having count(*) between 2 and {_limit(model, settings)}
),
member as (
    select block.rule_no, block.block, block.record_no from {block} as block
    inner join usable on block.rule_no = usable.rule_no and block.block = usable.block
)"""
    if everything:
        body = f"""{usable}
select l.record_no as join_key_l, r.record_no as join_key_r, min(l.rule_no)::varchar as match_key
from member as l
inner join member as r on l.rule_no = r.rule_no and l.block = r.block and l.record_no < r.record_no
group by l.record_no, r.record_no"""
    else:
        body = f"""{usable},
changed_member as (
    select member.* from member
    inner join {model.record_table}__CHANGED as changed on member.record_no = changed.record_no
)
select
    least(l.record_no, r.record_no) as join_key_l,
    greatest(l.record_no, r.record_no) as join_key_r,
    min(l.rule_no)::varchar as match_key
from changed_member as l
inner join member as r on l.rule_no = r.rule_no and l.block = r.block and l.record_no <> r.record_no
group by least(l.record_no, r.record_no), greatest(l.record_no, r.record_no)"""
    warehouse.execute(f"create or replace transient table {pairs} as {body}")
    return pairs
