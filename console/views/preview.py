"""What a decision, a threshold or a rule would merge, split and alter in each feed, before it is applied."""

from __future__ import annotations

import streamlit as st

from c360_assets.activation import load_destinations
from c360_assets.identity.settings import FIXED, Decision, load_match_settings
from c360_assets.identity.stewardship.preview import LISTED, Change, Preview, preview
from c360_assets.identity.stewardship.queue import open_pairs
from c360_assets.identity.training import load_model
from c360_assets.warehouse import Warehouse
from console.frame import show
from console.session import in_snowflake

WAITING, DECISION, THRESHOLD, RULE = "Decisions that wait", "A decision", "A threshold", "A rule"


def body(session: Warehouse) -> None:
    """Choose a change, try it, see what comes of it."""
    if in_snowflake():
        st.info("A preview runs the matching on a copy, which this app may not: `c360 review preview` does it.")
        return
    kind = st.segmented_control("What to try", [WAITING, DECISION, THRESHOLD, RULE], default=WAITING)
    change = _change(session, kind or WAITING)
    st.caption("The stage runs twice on a copy of its tables; nothing of it stays. No run may be writing meanwhile.")
    if st.button("Preview", type="primary", shortcut="P", disabled=change is None) and change is not None:
        with st.spinner("Matching on a copy …"):
            found = preview(change, [destination.feed for destination in load_destinations()], session.settings)
        st.session_state["preview"] = (change, found)
    known: tuple[Change, Preview] | None = st.session_state.get("preview")
    if known and known[0] == change:
        _result(known[1])


def _change(session: Warehouse, kind: str) -> Change | None:
    settings = load_match_settings()
    if kind == DECISION:
        pairs = [(row["record_key_l"], row["record_key_r"]) for row in open_pairs(session, 200)]
        if not pairs:
            st.caption("No pair waits; `c360 review preview LEFT RIGHT same` tries any two records.")
            return None
        pair = st.selectbox("Pair", pairs, format_func=lambda pair: f"{pair[0]}   ↔   {pair[1]}")
        verdict = st.radio("Verdict", ["same", "different"], horizontal=True)
        return Change(decisions=((*pair, verdict),))
    if kind == THRESHOLD:
        entity = st.radio("Entity", ["person", "organization"], horizontal=True)
        trained = load_model(session, entity)
        now = (trained.thresholds(settings) if trained else settings.given_thresholds(entity) or FIXED).match
        value = st.number_input("Match threshold (probability)", 0.01, 0.99, now, 0.01, help=f"In force: {now}")
        return Change(thresholds={entity: value})
    if kind == RULE:
        rules = dict(settings.rules)
        rule = st.selectbox("Rule", sorted(rules))
        choices: list[Decision] = ["match", "review", "no_match"]
        said = st.radio("Decision", choices, index=choices.index(rules[rule]), horizontal=True)
        return Change(rules={rule: said})
    return Change()


def _result(found: Preview) -> None:
    for column, (label, value) in zip(
        st.columns(4),
        (("profiles merged away", found.merged), ("profiles that lose records", found.split),
         ("new profiles", found.founded), ("records that move", found.records_moved)),
        strict=True,
    ):  # fmt: skip
        column.metric(label, f"{value:,}", border=True)
    if found.conflicts:
        st.warning(f"{found.conflicts:,} conflict(s) between decisions would stand.")
    changes = [
        {"profile": r["profile_id"], "what": "merged into", "profile ": r["into"], "records": r["records"]}
        for r in found.merges
    ] + [
        {"profile": r["profile_id"], "what": "split: to the new" if r["is_new"] else "loses records to",
         "profile ": r["gives_to"], "records": r["records"]}
        for r in found.splits
    ]  # fmt: skip
    if changes:
        st.dataframe(changes, hide_index=True)
        if max(len(found.merges), len(found.splits)) == LISTED:
            st.caption(f"Only the first {LISTED} of each are listed.")
    if found.feeds:
        st.dataframe(
            [
                {"feed": feed, "rows whose profile id goes": counts["rows_removed"],
                 "rows whose profile has other records": counts["rows_touched"]}
                for feed, counts in found.feeds.items()
            ],
            hide_index=True,
        )  # fmt: skip
    st.caption("Nothing was changed.")


show("Preview", "What a change would merge, split and alter in each feed, before it is applied.", body)
