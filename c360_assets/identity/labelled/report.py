"""What the labels of the latest draw come to, per entity kind; kept in a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from c360_assets.identity.labelled import tables
from c360_assets.identity.labelled.estimate import CONFIDENCE, Measure, Stratum, estimate
from c360_assets.identity.labelled.labels import LATEST
from c360_assets.identity.stewardship.decisions import now_text
from c360_assets.identity.stewardship.settings import StewardSettings
from c360_assets.warehouse import Warehouse


@dataclass(frozen=True)
class Estimated:
    """A kind's estimates from the latest draw."""

    draw_id: str
    entity_kind: str
    drawn_at: datetime
    measures: dict[str, Measure]
    drawn: int
    labelled: int
    unsure: int
    """Of the labelled: these tell nothing, and are left out."""
    left_out_matches: float
    changed_sides: int
    """Drawn pairs that were one profile then and are two now, or the other way round."""

    @property
    def is_complete(self) -> bool:
        """Whether somebody looked at every pair."""
        return self.labelled == self.drawn


def estimate_latest(warehouse: Warehouse) -> list[Estimated]:
    """Estimate from the labels that there are; empty where nothing was ever drawn.

    What is estimated are the clusters as they were at the draw. Labels are given in an order that is random within
    every stratum, so part of them estimates the same as all, with wider intervals.
    """
    if not tables.tables_exist(warehouse):
        return []
    strata: dict[str, list[Stratum]] = defaultdict(list)
    counts: dict[str, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for kind, is_claimed, pairs, drawn, same, different, unsure in warehouse.rows(f"""{LATEST},
counted as (
    select entity_kind, stratum, count(*) as drawn, count_if(label = 'same') as same,
        count_if(label = 'different') as different, count_if(label = 'unsure') as unsure
    from pair group by entity_kind, stratum
)
select stratum.entity_kind, stratum.is_claimed, stratum.pairs, coalesce(counted.drawn, 0),
    coalesce(counted.same, 0), coalesce(counted.different, 0), coalesce(counted.unsure, 0)
from {tables.STRATUM} as stratum
inner join drawn on stratum.draw_id = drawn.draw_id
left join counted on stratum.entity_kind = counted.entity_kind and stratum.stratum = counted.stratum
order by stratum.entity_kind, stratum.stratum
"""):
        strata[kind].append(Stratum(int(pairs), int(same + different), int(same), bool(is_claimed)))
        had = counts[kind]
        counts[kind] = (had[0] + int(drawn), had[1] + int(same + different + unsure), had[2] + int(unsure))
    draws = warehouse.rows(f"""{LATEST},
moved as (
    select pair.entity_kind, count(*) as pairs
    from pair
    inner join {tables.STRATUM} as stratum
        on pair.draw_id = stratum.draw_id and pair.entity_kind = stratum.entity_kind and pair.stratum = stratum.stratum
    left join MATCH_CLUSTER.CLUSTER as l on pair.record_key_l = l.record_key
    left join MATCH_CLUSTER.CLUSTER as r on pair.record_key_r = r.record_key
    where stratum.is_claimed <> coalesce(l.profile_id = r.profile_id, false)
    group by pair.entity_kind
)
select draw.draw_id, draw.entity_kind, draw.drawn_at, draw.left_out_matches, coalesce(moved.pairs, 0)
from {tables.DRAW} as draw
inner join drawn on draw.draw_id = drawn.draw_id
left join moved on draw.entity_kind = moved.entity_kind
order by draw.entity_kind
""")
    return [
        Estimated(draw_id, kind, drawn_at, estimate(strata[kind]), *counts[kind], float(left_out), int(moved))
        for draw_id, kind, drawn_at, left_out, moved in draws
    ]


def keep(warehouse: Warehouse, found: Sequence[Estimated]) -> None:
    """Write the estimates down; those of the same draw are replaced."""
    now = now_text()
    for each in found:
        for name, measure in each.measures.items():
            warehouse.execute(
                f"""
merge into {tables.ESTIMATE} as known using (
    select %s as draw_id, %s as entity_kind, %s as measure, %s::float as estimate, %s::float as low, %s::float as high,
        {CONFIDENCE}::float as confidence, %s as labelled, %s as unsure, %s as drawn, %s::timestamp_ntz as estimated_at
) as found
on known.draw_id = found.draw_id and known.entity_kind = found.entity_kind and known.measure = found.measure
when matched then update set
    estimate = found.estimate, low = found.low, high = found.high, labelled = found.labelled,
    unsure = found.unsure, drawn = found.drawn, estimated_at = found.estimated_at
when not matched then insert (
    draw_id, entity_kind, measure, estimate, low, high, confidence, labelled, unsure, drawn, estimated_at
) values (
    found.draw_id, found.entity_kind, found.measure, found.estimate, found.low, found.high, found.confidence,
    found.labelled, found.unsure, found.drawn, found.estimated_at
)
""",
                [
                    each.draw_id,
                    each.entity_kind,
                    name,
                    measure.estimate,
                    measure.low,
                    measure.high,
                    each.labelled,
                    each.unsure,
                    each.drawn,
                    now,
                ],
            )


def shortfalls(found: Sequence[Estimated], settings: StewardSettings) -> list[str]:
    """A sentence per measure whose interval reaches below its target, of the kinds that are labelled completely."""
    targets = {"precision": settings.precision_target, "recall": settings.recall_target}
    return [
        f"{each.entity_kind}: {name} may be as low as {each.measures[name].low:.3f}; at least {target:g} is asked for. "
        "Review doubtful pairs, or draw more pairs for a narrower interval."
        for each in found
        if each.is_complete
        for name, target in targets.items()
        if each.measures[name].low < target
    ]
