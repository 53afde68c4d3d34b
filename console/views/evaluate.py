"""Label drawn pairs, and see what the labels say about precision and recall. A label changes no match."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from c360_assets.identity.labelled import labels, tables
from c360_assets.identity.labelled.draw import draw_pairs
from c360_assets.identity.labelled.report import Estimated, estimate_latest, keep
from c360_assets.identity.stewardship import queue
from c360_assets.identity.stewardship.settings import load_steward_settings
from c360_assets.warehouse import Warehouse
from console.frame import html, needs_name, show, viewer
from console.looks import ask_purpose, look_at_pair
from console.pair import chips, pair_table
from console.session import in_snowflake
from console.tables import html_table

SKIPPED = "skipped_labels"
ANSWERS = (("Same customer", "S", "same"), ("Different", "D", "different"), ("Cannot tell", "U", "unsure"))


def body(session: Warehouse) -> None:
    """The next pair to label, and the estimates so far."""
    if needs_name():
        return
    ask_purpose("evaluation")
    if not tables.tables_exist(session):
        tables.create_tables(session)
    labelled, drawn = labels.progress(session)
    if drawn:
        _label(session, labelled, drawn)
        found = estimate_latest(session)
        keep(session, found)
        _estimates(found)
    else:
        st.info("Nothing was drawn yet. Draw pairs below, then label them here.", icon=":material/casino:")
    with st.expander("Draw anew" if drawn else "Draw pairs", expanded=not drawn):
        _draw(session)


def _label(session: Warehouse, labelled: int, drawn: int) -> None:
    skipped: set[tuple[str, str]] = st.session_state.setdefault(SKIPPED, set())
    keys = labels.next_pair(session, skipped)
    st.progress(labelled / drawn, f"{labelled:,} of {drawn:,} drawn pairs have a label")
    if keys is None:
        if labelled < drawn and st.button("Show the skipped ones again", shortcut="A"):
            skipped.clear()
            st.rerun()
        return
    unmask = look_at_pair(session, "Evaluate", *keys)
    with st.container(horizontal=True):
        pressed = None
        for label, key, verdict in ANSWERS:
            # A key of the pair's own: a second press on its way must not answer for the pair that comes next.
            if st.button(label, shortcut=key, disabled=not unmask, key=f"label {verdict} {keys}"):
                pressed = verdict
        if st.button("Skip", shortcut="K", key=f"label skip {keys}"):
            skipped.add(keys)
            st.rerun()
    if pressed:
        labels.give_label(session, *keys, pressed, viewer())
        st.rerun()
    # Blind: who sees the score or the profiles labels those.
    html(pair_table(queue.read_pair(session, *keys), unmask, blind=True))


def _estimates(found: Sequence[Estimated]) -> None:
    st.subheader("What the labels say")
    settings = load_steward_settings()
    targets = {"precision": settings.precision_target, "recall": settings.recall_target}
    rows = [
        {"kind": each.entity_kind, "measure": name, "estimate": measure.estimate, "low": measure.low,
         "high": measure.high, "target": targets.get(name)}
        for each in found
        for name, measure in each.measures.items()
    ]  # fmt: skip
    frame = pd.DataFrame(rows).astype({"estimate": float, "target": float})
    base = alt.Chart(frame).encode(y=alt.Y("measure:N", title=None, sort=["precision", "recall", "f1"]))
    scale = alt.Scale(domain=[max(0.0, frame["low"].min() - 0.05), 1.0], nice=False)
    layers = (
        base.mark_rule(strokeWidth=3, color="#1f5fa8").encode(
            x=alt.X("low:Q", scale=scale, title="estimate and 95 % interval; ┆ target"), x2="high:Q"
        ),
        base.mark_point(filled=True, size=70, color="#1f5fa8").encode(x="estimate:Q", tooltip=list(frame.columns)),
        base.mark_tick(color="#b3261e", thickness=2, size=16).encode(x="target:Q"),
    )
    chart = alt.layer(*layers).properties(height=90, width=520).facet(row=alt.Row("kind:N", title=None))
    st.altair_chart(chart)
    html(
        html_table([
            {"kind": row["kind"], "measure": row["measure"],
             "estimate": "open" if row["estimate"] is None else f"{row['estimate']:.3f}",
             "95 % interval": f"{row['low']:.3f} to {row['high']:.3f}", "target": row["target"]}
            for row in rows
        ])
    )  # fmt: skip
    for each in found:
        html(
            chips([each.entity_kind, f"{each.labelled} of {each.drawn} labelled"])
            + chips([f"{each.unsure} unsure, left out"] if each.unsure else [], "wait")
            + chips([f"{each.changed_sides} joined or parted since: draw anew"] if each.changed_sides else [], "bad")
            + chips([f"{each.left_out_matches:.1f} matches expected outside the frame"])
        )


def _draw(session: Warehouse) -> None:
    if in_snowflake():
        st.caption("`c360 evaluate --draw 200 --seed 1` draws where the pipeline runs; label the pairs here.")
        return
    with st.form("draw", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        total = st.number_input("Pairs", 20, 5000, 200, 20)
        seed = st.number_input("Seed", 0, 10**9, 1)
        if st.form_submit_button("Draw"):
            with st.spinner("Scoring what may match …"):
                draw_pairs(session, int(total), int(seed))
            st.rerun()


show("Evaluate", "Pairs drawn at random; your labels estimate precision and recall. A label changes no match.", body)
