"""The console's pages. Start it with `c360 ui`; in Snowflake this file is the app's main file."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

# Streamlit puts this file's folder on the path; the packages lie beside it.
sys.path[:] = [str(Path(__file__).resolve().parent.parent), *sys.path]

from console.frame import ask_name  # noqa: E402

VIEWS = Path(__file__).with_name("views")
PAGES = {
    "Stewardship": {
        "review": ("Review", ":material/compare_arrows:"),
        "decisions": ("Decisions", ":material/fact_check:"),
        "preview": ("Preview", ":material/science:"),
        "evaluate": ("Evaluate", ":material/target:"),
    },
    "Profiles": {
        "profile": ("Profile", ":material/person_search:"),
        "profile_history": ("Profile history", ":material/history:"),
        "lineage": ("Lineage", ":material/account_tree:"),
    },
}

st.set_page_config(page_title="Customer 360", page_icon=":material/hub:", layout="wide")
navigation = st.navigation({
    section: [
        st.Page(VIEWS / f"{name}.py", title=title, icon=icon, default=name == "review")
        for name, (title, icon) in pages.items()
    ]
    for section, pages in PAGES.items()
})  # fmt: skip
ask_name()
navigation.run()
