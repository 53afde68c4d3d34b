"""Draw the pairs that a steward is to label."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from c360_assets.identity.labelled import tables
from c360_assets.identity.labelled.frame import Frame, build_frame
from c360_assets.identity.labelled.strata import allocate
from c360_assets.identity.models import MODELS
from c360_assets.identity.settings import MatchSettings, load_match_settings
from c360_assets.identity.stewardship.decisions import now_text
from c360_assets.identity.stewardship.settings import StewardError
from c360_assets.identity.tables import step_schema
from c360_assets.locking import writer_lock
from c360_assets.warehouse import Warehouse


@dataclass(frozen=True)
class Draw:
    """What was drawn: per kind the stratum's name with its pairs and how many of them were drawn."""

    draw_id: str
    strata: dict[str, dict[str, tuple[int, int]]]

    @property
    def pairs(self) -> int:
        """How many pairs wait for a label."""
        return sum(drawn for strata in self.strata.values() for _, drawn in strata.values())


def draw_pairs(warehouse: Warehouse, total: int, seed: int, settings: MatchSettings | None = None) -> Draw:
    """Draw about `total` pairs of all kinds, at random within strata of evidence; the same seed draws the same.

    The matching's steps run again without writing a result, so no run may be writing meanwhile. The latest draw is
    the one that is labelled and estimated from.

    Raises:
        RunInProgressError: a run is writing.
        StewardError: nothing was matched yet.
    """
    settings = settings or load_match_settings()
    with writer_lock(warehouse.settings, wait=False):
        tables.create_tables(warehouse)
        with step_schema(warehouse):
            built = {kind: build_frame(warehouse, kind, settings) for kind in MODELS}
            frames = {kind: frame for kind, frame in built.items() if frame and frame.pairs}
            if not frames:
                raise StewardError("There is no pair to draw: nothing was matched yet. `c360 run` comes first.")
            numbers = _numbers(frames, total)
            drawn = Draw(
                f"draw_{uuid.uuid4().hex[:12]}",
                {
                    kind: {name: (pairs, numbers[kind].get(name, 0)) for name, (_, pairs) in frame.strata.items()}
                    for kind, frame in frames.items()
                },
            )
            now = now_text()
            with warehouse.transaction():
                for kind, frame in frames.items():
                    _write(warehouse, drawn.draw_id, kind, frame, numbers[kind], seed, now)
    return drawn


def _numbers(frames: dict[str, Frame], total: int) -> dict[str, dict[str, int]]:
    """Pairs per kind and stratum: the same number of each kind, as far as it has so many."""
    left, numbers = total, {}
    by_size = sorted(frames, key=lambda kind: (frames[kind].pairs, kind))
    for place, kind in enumerate(by_size):
        sizes = {name: pairs for name, (_, pairs) in frames[kind].strata.items()}
        numbers[kind] = allocate(sizes, left // (len(by_size) - place))
        left -= sum(numbers[kind].values())
    return numbers


def _write(
    warehouse: Warehouse, draw_id: str, kind: str, frame: Frame, numbers: dict[str, int], seed: int, now: str
) -> None:
    warehouse.execute(
        f"insert into {tables.DRAW} (draw_id, entity_kind, seed, records, claimed_pairs, frame_pairs, "
        "left_out_matches, drawn_at) select %s, %s, %s, %s, %s, %s, %s, %s::timestamp_ntz",
        [draw_id, kind, seed, frame.records, frame.claimed_pairs, frame.pairs, frame.left_out_matches, now],
    )
    for name, (is_claimed, pairs) in frame.strata.items():
        warehouse.execute(
            f"insert into {tables.STRATUM} (draw_id, entity_kind, stratum, is_claimed, pairs, drawn) "
            "select %s, %s, %s, %s, %s, %s",
            [draw_id, kind, name, is_claimed, pairs, numbers.get(name, 0)],
        )
    chance = f"md5('{int(seed)}|' || record_key_l || '|' || record_key_r)"
    most = " ".join(f"when '{name}' then {int(number)}" for name, number in numbers.items())
    # Labelled in an order that tells nothing of the stratum, and any first part of which is a random part of each.
    warehouse.execute(
        f"""
insert into {tables.PAIR} (draw_id, entity_kind, record_key_l, record_key_r, stratum, place)
select %s, %s, record_key_l, record_key_r, stratum,
    row_number() over (order by md5('order|' || {chance}), record_key_l, record_key_r)
from (
    select * from {frame.table}
    qualify row_number() over (partition by stratum order by {chance}, record_key_l, record_key_r)
        <= case stratum {most} else 0 end
)
""",
        [draw_id, kind],
    )
