"""What every page has around its content: a heading, who is looking, and errors that say what to do."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

import streamlit as st

from c360_assets.identity.settings import MatchSettingsError
from c360_assets.identity.stewardship.settings import StewardError
from c360_assets.locking import RunInProgressError
from c360_assets.settings import SettingsError
from c360_assets.warehouse import Warehouse, WarehouseError
from console.session import in_snowflake, tables, warehouse

STYLE = Path(__file__).with_name("style.css")
NO_RUN = (
    "Nothing to show yet. Run the pipeline first: `make run` for a sample company, or `c360 run --sources DIR` for "
    "your own extracts. Then reload this page."
)
_NAME, _FIELD = "viewer_name", "viewer_name_field"
_MENDABLE = (SettingsError, WarehouseError, RunInProgressError, StewardError, MatchSettingsError)


def show(title: str, about: str, body: Callable[[Warehouse], None], needs: str = "MATCH_CLUSTER.CLUSTER") -> None:
    """Show a page: `body` draws it once `needs`, a table that a run makes, exists."""
    st.html(STYLE)
    st.html(f'<div class="c360-title"><h1>{escape(title)}</h1><p>{escape(about)}</p></div>')
    schema, table = needs.split(".")
    try:
        session = warehouse()
        if table in tables(session, schema):
            body(session)
        else:
            st.info(NO_RUN, icon=":material/play_circle:")
    except _MENDABLE as error:
        st.error(str(error), icon=":material/error:")
        if isinstance(error, WarehouseError):
            st.caption("`c360 doctor` says what is wrong and how to mend it. Then reload this page.")


def html(text: str) -> None:
    """Draw HTML, if there is any; Streamlit takes no empty text."""
    if text:
        st.html(text)


def viewer() -> str:
    """Who looks and decides: Snowflake knows its users, elsewhere one is asked once. Empty while nobody told."""
    if in_snowflake():
        return str(st.user.get("user_name") or st.user.get("email") or "unknown")
    return str(st.session_state.get(_NAME, ""))


def ask_name() -> None:
    """Ask in the sidebar for the name that decisions carry."""
    with st.sidebar:
        if in_snowflake():
            st.caption(f"Signed in as **{viewer()}**")
            return
        # Once told, the field goes, and the focus with it: keys are for the page again.
        if viewer():
            st.markdown(f"You are **{viewer()}**")
            st.button("Change", type="tertiary", on_click=st.session_state.pop, args=(_NAME,))
        else:
            st.text_input("Your name", key=_FIELD, on_change=_keep_name, placeholder="stands on each decision")
            st.caption("Tell your name once; it stands on each decision.")


def _keep_name() -> None:
    if name := st.session_state[_FIELD].strip():
        st.session_state[_NAME] = name


def needs_name() -> bool:
    """Whether the viewer has to tell a name first; says so."""
    if viewer():
        return False
    st.info("Tell your name in the sidebar first: it stands on each look and decision.", icon=":material/person:")
    return True
