"""How far a delivery has come, in words."""

from __future__ import annotations

from c360_assets.activation.meter import Meter, every
from c360_assets.activation.wire import Outcome


def test_it_counts_what_is_done_and_what_is_still_to_be_told() -> None:
    meter = Meter("crm", 10_000)
    meter.add([Outcome(f"per_{n}", "delivered") for n in range(1_200)])
    meter.add([Outcome("per_r", "rejected"), Outcome("per_s", "suppressed"), Outcome("per_p", "pending")])
    assert (meter.done, meter.pending) == (1_202, 8_798)
    text = str(meter)
    assert text.startswith("crm: 1,202 of 10,000 rows, ") and text.endswith("8,798 pending, 1 rejected, 1 suppressed")


def test_it_is_said_now_and_then_and_at_the_end_of_what_takes_long() -> None:
    time, said = [0.0], []
    progress = every(10, said.append, lambda: time[0])
    meter = Meter("crm", 4)
    for moment in (1.0, 9.0, 10.0, 12.0):
        time[0] = moment
        meter.add([Outcome("per_1", "delivered")])
        progress(meter)
    assert [text.split(",")[0] for text in said] == ["crm: 3 of 4 rows", "crm: 4 of 4 rows"]
    quick: list[str] = []
    short = Meter("crm", 1)
    short.add([Outcome("per_1", "delivered")])
    every(10, quick.append)(short)
    assert quick == []
