"""Take records out of one of the two profiles that a pair lies in."""

from __future__ import annotations

import streamlit as st

from c360_assets.identity.stewardship.profiles import members_of, split_profile
from c360_assets.identity.stewardship.queue import Pair
from c360_assets.warehouse import Warehouse
from console.frame import viewer


def offer_split(session: Warehouse, pair: Pair) -> None:
    """A form for each of the pair's profiles that has more than one record."""
    homes = [home for home in dict.fromkeys((pair.profile_l, pair.profile_r)) if home and home[1] > 1]
    for profile, records in homes:
        with st.expander(f"Split {profile} ({records} records)"), st.form(f"split {profile}", border=False):
            chosen = st.multiselect("Records that are another customer's", members_of(session, profile))
            reason = st.text_input("Why", key=f"split why {profile}")
            if st.form_submit_button("Split them off", disabled=not viewer()) and chosen:
                made = split_profile(session, profile, tuple(chosen), viewer(), reason.strip() or None)
                st.success(f"{len(made)} decision(s) recorded; they take effect with the next run.")
