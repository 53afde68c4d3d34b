"""Looks at customers: each is written to the access log before anything is shown, and personal data wait for a purpose.

A purpose is asked for once per visit and holds on every page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from c360_assets.warehouse import Warehouse
from console.frame import viewer
from lineage import access_log

_KEPT, _FIELD, _PAGE_FIELD = "kept_purpose", "purpose_field", "purpose_of_page"
_NOTED, _READY = "noted_looks", "access_log_ready"


def purpose() -> str:
    """What the viewer said the data are needed for; empty while nothing was said."""
    return str(st.session_state.get(_KEPT, ""))


def ask_purpose(suggested: str = "") -> None:
    """Ask in the sidebar what the data are needed for; `suggested` is one click away."""
    with st.sidebar:
        if purpose():
            st.markdown(f"Purpose: **{purpose()}**")
            st.button("Change purpose", type="tertiary", on_click=st.session_state.pop, args=(_KEPT,))
            return
        st.text_input("Purpose", key=_FIELD, on_change=_keep, placeholder="without one, personal data stay masked")
        if suggested:
            st.button(f"It is for {suggested}", on_click=_take, args=(suggested,))


def _keep() -> None:
    _take(st.session_state[_FIELD])


def _take(said: str) -> None:
    if said.strip():
        st.session_state[_KEPT] = said.strip()


def purpose_field(where: Any) -> None:
    """The same question as a field of a page that begins with it; what is told holds on all pages, too."""
    if _PAGE_FIELD not in st.session_state:
        st.session_state[_PAGE_FIELD] = purpose()
    where.text_input(
        "Purpose", key=_PAGE_FIELD, on_change=_keep_field, placeholder="without one, personal data stay masked"
    )


def _keep_field() -> None:
    st.session_state[_KEPT] = st.session_state[_PAGE_FIELD].strip()


def note(session: Warehouse, action: str, subjects: Sequence[str], detail: str, about: str = "") -> bool:
    """Write a look down before it happens; a redrawn page is no second look. Returns whether data may be shown.

    `detail` is kept and says nothing of a customer; `about` is not, and tells one look from another.
    """
    if not st.session_state.get(_READY):
        access_log.ensure_tables(session)
        st.session_state[_READY] = True
    look = (action, tuple(subjects), detail, about, purpose(), viewer())
    noted: set[Any] = st.session_state.setdefault(_NOTED, set())
    if look not in noted:
        access_log.note(session, action, list(subjects), viewer(), purpose(), detail)
        noted.add(look)
    return bool(purpose())


def look_at_pair(session: Warehouse, page: str, left: str, right: str) -> bool:
    """Write down that the viewer sees two records side by side; says so where their personal data stay masked."""
    may_show = note(session, "review", [left, right], f"console, {page}")
    if not may_show:
        st.info(
            "Personal data are masked. Say in the sidebar what they are needed for; then the answers are yours.",
            icon=":material/visibility_off:",
        )
    return may_show
