"""One doubtful pair at a time: what the two records say, what speaks for and against, and a key for the answer."""

from __future__ import annotations

import streamlit as st

from c360_assets.identity.stewardship import decisions, queue
from c360_assets.identity.stewardship.decisions import Decided
from c360_assets.identity.stewardship.evidence import odds
from c360_assets.identity.stewardship.queue import Pair
from c360_assets.warehouse import Warehouse
from console.frame import html, needs_name, show, viewer
from console.looks import ask_purpose, look_at_pair
from console.pair import chips, pair_table, words_table
from console.split import offer_split
from console.waterfall import waterfall_chart

SKIPPED, LAST = "skipped_pairs", "last_decision"
# Button, key, verdict. C and R are the browser's and Streamlit's.
ANSWERS = (("Same customer", "S", "same"), ("Different", "D", "different"), ("Not sure", "U", "unsure"))


def body(session: Warehouse) -> None:
    """The next pair."""
    if needs_name():
        return
    ask_purpose("review")
    skipped: set[tuple[str, str]] = st.session_state.setdefault(SKIPPED, set())
    waiting = queue.count_open(session)
    found = queue.open_pairs(session, len(skipped) + 1)
    here = next((row for row in found if (row["record_key_l"], row["record_key_r"]) not in skipped), None)
    _told()
    if here is None:
        if skipped and waiting:
            st.info(f"You have skipped all {waiting} pairs that wait.", icon=":material/skip_next:")
            if st.button("Show them again", shortcut="A"):
                skipped.clear()
                st.rerun()
        else:
            st.success(
                "Nothing waits for a decision. The next run may find new doubtful pairs.", icon=":material/check:"
            )
        return
    pair = queue.read_pair(session, here["record_key_l"], here["record_key_r"])
    unmask = look_at_pair(session, "Review", pair.record_key_l, pair.record_key_r)
    html(
        chips([pair.entity_kind, f"{waiting} waiting"])
        + chips([here["reason"]], "wait")
        + chips(["somebody was unsure"] if here["unsure"] else [])
    )
    _ask(session, pair, skipped, unmask)
    records, evidence = st.columns([11, 9], gap="medium")
    with records:
        html(pair_table(pair, unmask))
    with evidence:
        _evidence(pair)
    offer_split(session, pair)


def _ask(session: Warehouse, pair: Pair, skipped: set[tuple[str, str]], unmask: bool) -> None:
    keys = (pair.record_key_l, pair.record_key_r)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pressed = None
        for label, key, verdict in ANSWERS:
            kind = "primary" if verdict == "same" else "secondary"
            # Nobody answers for what is masked.
            # A key of the pair's own: a second press on its way must not answer for the pair that comes next.
            if st.button(label, shortcut=key, type=kind, disabled=not unmask, key=f"{verdict} {keys}"):
                pressed = verdict
        if st.button("Skip", shortcut="K", key=f"skip {keys}"):
            skipped.add(keys)
            st.rerun()
        reason = st.text_input(
            "Why", key=f"why {keys}", placeholder="Why (may be empty)", label_visibility="collapsed", width="stretch"
        )
    if pressed:
        made = decisions.decide(session, *keys, pressed, viewer(), reason.strip() or None)
        if pressed == "unsure":
            skipped.add(keys)
        st.session_state[LAST] = made
        st.rerun()


def _told() -> None:
    """What became of the last answer."""
    made: Decided | None = st.session_state.get(LAST)
    if made is None:
        return
    said = f"**{made.verdict}** for {made.record_key_l} and {made.record_key_r} is recorded ({made.decision_id})."
    if made.conflicts:
        others = ", ".join(sorted({i for c in made.conflicts for i in c.decision_ids} - {made.decision_id}))
        st.warning(f"{said} It contradicts {others}: until one is revoked on page Decisions, `different` holds.")
    elif made.needs_approval:
        st.warning(f"{said} A second person must approve it on page Decisions before it takes effect.")
    elif made.verdict == "unsure":
        st.info(f"{said} It changes no match; the pair goes to the end of the queue.")
    else:
        st.success(f"{said} It takes effect with the next run; page Decisions takes it back.")


def _evidence(pair: Pair) -> None:
    """What speaks for and against."""
    if pair.steps:
        html(f'<p class="c360-verdict">{odds(pair.steps[-1].total)}</p>')
        st.altair_chart(waterfall_chart(pair.steps), width="stretch")
    else:
        st.caption("The scores say nothing about this pair: too little speaks for it to be weighed.")
    html(
        chips([f"linked by {rule.replace('_', ' ')}" for rule in pair.rules], "good")
        + chips([f"against: {name.replace('_', ' ')}" for name in pair.contradictions], "bad")
        + chips(
            [
                f"{name.replace('_', ' ')} between other records, {n} pair(s)"
                for name, n in pair.between_profiles.items()
            ],
            "bad",
        )
    )
    if pair.steps:
        html(words_table(pair.steps))
    for each in pair.decisions:
        why = f": {each['reason']}" if each["reason"] else ""
        st.caption(f"{each['decided_by']} said {each['verdict']} on {each['decided_at']:%Y-%m-%d}{why}")


show("Review", "Doubtful matches, the strongest first. Nothing merges until the next run.", body)
