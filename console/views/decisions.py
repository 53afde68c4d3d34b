"""What stewards decided: what waits for a second person, what contradicts what, and what stands."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from c360_assets.activation import load_destinations
from c360_assets.activation.failures import write_back_failures
from c360_assets.identity.stewardship import decisions, queue
from c360_assets.warehouse import Warehouse
from console.frame import html, needs_name, show, viewer
from console.looks import ask_purpose, look_at_pair
from console.pair import chips, pair_table

_SHOWN = 200


def body(session: Warehouse) -> None:
    """The lists."""
    if needs_name():
        return
    ask_purpose("review")
    if done := st.session_state.pop("told", None):
        st.success(done)
    standing = decisions.read_decisions(session)
    waiting = [each for each in standing if each["needs_approval"] and each["approved_at"] is None]
    st.subheader(f"Waiting for a second person ({len(waiting)})")
    if waiting:
        _approve(session, waiting)
    else:
        st.caption("None. Which decisions need one is in `identity/stewardship/settings.yaml`.")
    st.subheader("Conflicts")
    _conflicts(session)
    _failures(session)
    st.subheader(f"Decisions that stand ({len(standing)})")
    if standing:
        _standing(session, standing)
    else:
        st.caption("None yet. Page Review asks.")


def _failures(session: Warehouse) -> None:
    found = write_back_failures(session, load_destinations(), _SHOWN)
    st.subheader(f"Write-back failures ({len(found)})")
    if not found:
        st.caption("No destination refuses a row.")
        return
    picked = st.dataframe(
        [
            {"destination": each["destination"], "profile": each["profile_id"], "operation": each["operation"],
             "since": each["since"], "reason": each["reason"]}
            for each in found
        ],
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="failures",
    )  # fmt: skip
    st.caption(
        "In the destination's own words, which a selected row tells whole. A row is told again when it, or the mapping,"
        " changes."
    )
    for each in (found[row] for row in picked["selection"]["rows"] if row < len(found)):
        st.info(f"{each['destination']}, {each['operation']} of `{each['profile_id']}`, batch `{each['batch_id']}`")
        html(f'<p class="c360-reason">{escape(each["reason"] or "")}</p>')


def _approve(session: Warehouse, waiting: list[dict[str, Any]]) -> None:
    """The oldest decision that waits and is not the viewer's own, with its pair."""
    others = [each for each in reversed(waiting) if each["decided_by"] != viewer()]
    own = len(waiting) - len(others)
    if own:
        st.caption(f"{own} of them {'is' if own == 1 else 'are'} yours: another person must approve.")
    if not others:
        return
    decision = others[0]
    pair = queue.read_pair(session, decision["record_key_l"], decision["record_key_r"])
    unmask = look_at_pair(session, "Decisions", pair.record_key_l, pair.record_key_r)
    why = f": {decision['reason']}" if decision["reason"] else ""
    st.markdown(f"**{decision['decided_by']}** says **{decision['verdict']}** ({decision['decision_id']}){why}")
    html(chips([f"against: {name.replace('_', ' ')}" for name in pair.contradictions], "bad"))
    with st.container(horizontal=True):
        if st.button("Approve", shortcut="A", type="primary", disabled=not unmask, key=f"a {decision['decision_id']}"):
            decisions.approve(session, decision["decision_id"], viewer())
            _say(f"Decision {decision['decision_id']} is approved. It takes effect with the next run.")
        if st.button("Reject", shortcut="X", disabled=not unmask, key=f"x {decision['decision_id']}"):
            decisions.revoke(session, decision["decision_id"], viewer(), "not approved")
            _say(f"Decision {decision['decision_id']} is revoked; the pair waits again.")
    html(pair_table(pair, unmask))


def _say(text: str) -> None:
    st.session_state["told"] = text
    st.rerun()


def _conflicts(session: Warehouse) -> None:
    found, unheeded = queue.conflicts(session), queue.unheeded(session)
    if not found and not unheeded:
        st.caption("No decision contradicts another or the data, as the last run found them.")
    for each in found:
        st.warning(
            f"{each['record_key_l']} and {each['record_key_r']} are decided to be different, and by others to be one: "
            f"{', '.join(each['decision_ids'])}. `different` holds until one is revoked."
        )
    for each in unheeded:
        st.warning(
            f"{each['record_key_l']} and {each['record_key_r']} are decided to be one customer, but what they hang "
            "together with contradicts it or is too large."
        )


def _standing(session: Warehouse, standing: list[dict[str, Any]]) -> None:
    picked = st.dataframe(
        [
            {"verdict": d["verdict"], "left": d["record_key_l"], "right": d["record_key_r"], "by": d["decided_by"],
             "when": d["decided_at"], "approved by": d["approved_by"], "why": d["reason"], "decision": d["decision_id"]}
            for d in standing[:_SHOWN]
        ],
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="standing",
    )  # fmt: skip
    if len(standing) > _SHOWN:
        st.caption(f"The newest {_SHOWN}; `c360 review decisions` lists all.")
    rows = picked["selection"]["rows"]
    if not rows or rows[0] >= len(standing):
        st.caption("Select a row to take a decision back.")
        return
    chosen = standing[rows[0]]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input("Why", placeholder="Why it is taken back", label_visibility="collapsed")
        if st.button(f"Revoke {chosen['decision_id']}"):
            decisions.revoke(session, chosen["decision_id"], viewer(), reason.strip() or None)
            _say(f"Decision {chosen['decision_id']} is revoked. The next run no longer heeds it.")


show("Decisions", "What stewards decided, approved and revoked. Nothing that was decided is rewritten.", body)
