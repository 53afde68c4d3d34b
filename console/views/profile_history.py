"""What a profile id was at a time: its records, its steps, and where its redirect leads."""

from __future__ import annotations

from datetime import UTC, datetime, time

import streamlit as st

from c360_assets.identity.profile_history import EVENTS_TOLD, ProfileAt, profile_at
from c360_assets.warehouse import Warehouse
from console.frame import html, show
from console.pair import chips

_CHIP = {"active": "good", "merged": "wait", "retired": "bad"}


def body(session: Warehouse) -> None:
    """Ask for an id and a time."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        given = st.text_input("Profile id", value=st.query_params.get("profile", ""), placeholder="per_… or org_…")
        day = st.date_input("On (UTC)", value=None, max_value=datetime.now(UTC).date(), help="Empty: now")
        hour = st.time_input("At", value=time(23, 59), disabled=day is None)
    if not given.strip():
        st.caption("Any id that was ever given, also one that was merged or retired.")
        return
    moment = datetime.combine(day, hour) if day else None
    _show(profile_at(session, given.strip(), moment), moment)


def _show(found: ProfileAt, moment: datetime | None) -> None:
    when = f"on {moment:%Y-%m-%d %H:%M} UTC" if moment else "now"
    if found.status == "unknown":
        st.warning(f"{found.profile_id}: not given to anybody {when}. An id is per_… or org_… with 20 digits.")
        return
    html(chips([f"{found.status} {when}"], _CHIP[found.status]) + chips([f"since {found.since:%Y-%m-%d %H:%M} UTC"]))
    if found.status == "merged":
        why = f", linked by {found.reason.replace('_', ' ')}" if found.reason else ""
        end = f"; its redirects lead to {found.leads_to}" if found.leads_to != found.merged_into else ""
        st.markdown(f"Merged into **{found.merged_into}**{why}{end}.")
    records, steps = st.columns([2, 3], gap="medium")
    with records:
        st.subheader(f"Records ({len(found.members)})")
        st.dataframe([{"record": key} for key in found.members], hide_index=True)
    with steps:
        st.subheader("Steps")
        st.dataframe(
            [
                {"when (UTC)": event["changed_at"], "profile": event["profile_id"],
                 "what happened": EVENTS_TOLD[str(event["event"])].format(other=event["other_profile_id"]),
                 "linked by": event["reason"], "run": event["run_id"]}
                for event in found.events
            ],
            hide_index=True,
        )  # fmt: skip


show("Profile history", "What an id was at a time: its records, and where its redirect leads.", body)
