"""The evidence of a pair as a chart: each finding moves the odds, from before comparing to the pair's weight."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from c360_assets.identity.stewardship.evidence import SAYS_LITTLE, Step, odds

_FOR, _AGAINST, _NEUTRAL = "#3c8d5a", "#c2483d", "#8a97a6"
_ROW_HEIGHT = 26


def bars(steps: Sequence[Step]) -> pd.DataFrame:
    """One row per finding that says something, and one for all of them together: from, to, text."""
    told = [step for place, step in enumerate(steps) if not place or abs(step.bits) >= SAYS_LITTLE]
    rows = []
    for step in told:
        is_prior = step.compared == "before comparing"
        rows.append(
            {
                "compared": step.compared,
                "found": step.found,
                "words": odds(step.bits) if is_prior else step.words,
                "start": step.total - step.bits,
                "end": step.total,
                "bits": f"{step.bits:+.1f}",
                "side": "together" if is_prior else ("for" if step.bits > 0 else "against"),
            }
        )
    if steps:
        total = steps[-1].total
        rows.append(
            {
                "compared": "together",
                "found": "all that was compared",
                "words": odds(total),
                "start": 0.0,
                "end": total,
                "bits": f"{total:+.1f}",
                "side": "together",
            }
        )
    return pd.DataFrame(rows)


def waterfall_chart(steps: Sequence[Step]) -> alt.LayerChart:
    """Bars from left (two customers) to right (one customer), in bits."""
    frame = bars(steps)
    order = list(frame["compared"])
    low, high = min(frame["start"].min(), frame["end"].min()), max(frame["start"].max(), frame["end"].max())
    room = (high - low) * 0.15
    base = alt.Chart(frame).encode(
        y=alt.Y("compared:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False, labelOverlap=False)),
        tooltip=[
            alt.Tooltip("compared:N"),
            alt.Tooltip("found:N"),
            alt.Tooltip("words:N", title="in words"),
            alt.Tooltip("bits:N"),
        ],
    )
    colour = alt.Color(
        "side:N",
        legend=None,
        scale=alt.Scale(domain=["for", "against", "together"], range=[_FOR, _AGAINST, _NEUTRAL]),
    )
    bar = base.mark_bar(height=16, cornerRadius=2).encode(
        x=alt.X(
            "start:Q",
            title="←  two customers   (bits)   one customer  →",
            axis=alt.Axis(grid=False),
            scale=alt.Scale(domain=[low, high + room], nice=False),
        ),
        x2="end:Q",
        color=colour,
    )
    text = base.mark_text(align="left", dx=5, fontSize=11, color="#1c2733").encode(
        x=alt.X("right:Q"), text="bits:N"
    ).transform_calculate(right="max(datum.start, datum.end)")  # fmt: skip
    zero = alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color="#9aa5b1").encode(x="x:Q")
    return (
        alt.layer(zero, bar, text)
        .properties(height=_ROW_HEIGHT * len(frame) + 60)
        .configure_axis(labelFontSize=12, titleFontSize=11, titleFontWeight="normal", labelColor="#1c2733")
        .configure_view(strokeWidth=0)
    )
