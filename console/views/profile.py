"""A customer: search, fields with where each came from, what each department sees, versions, consent, deliveries."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import streamlit as st

from c360_assets.warehouse import Warehouse
from console import profile_data
from console.frame import html, needs_name, show, viewer
from console.masking import masked
from console.pair import chips
from console.path_picture import value_path
from console.tables import html_table
from lineage import access_log

NOTED, PURPOSE = "noted_looks", "purpose"
FIELDS, DEPARTMENTS, VERSIONS, CONSENT, DELIVERIES = "Fields", "Perspectives", "Versions", "Consent", "Deliveries"


def body(session: Warehouse) -> None:
    """Search, then one profile."""
    if needs_name():
        return
    access_log.ensure_tables(session)
    search, why = st.columns([3, 2])
    given = search.text_input("Find", value=st.query_params.get("profile", ""), placeholder="e-mail, id or name")
    purpose = why.text_input(
        "Purpose", key=PURPOSE, placeholder="why personal data are looked at; without it they stay masked"
    )
    if not given.strip():
        st.caption("Every look at a profile is written to the access log, with your name and purpose.")
        return
    found = profile_data.find_profiles(session, given)
    _note(session, "find", [each.profile_id for each in found], given)
    if not found:
        st.warning("No profile: no id, source record, identifier or name like that.", icon=":material/search_off:")
        return
    if len(found) == profile_data.MOST:
        st.caption(f"Only the first {profile_data.MOST} are listed.")
    chosen = found[0]
    if len(found) > 1:
        chosen = st.selectbox(
            f"{len(found)} profiles", found, format_func=lambda each: f"{each.profile_id}   found by {each.how}"
        )
    unmask = _note(session, "view", [chosen.profile_id], purpose)
    _profile(session, chosen, unmask)


def _note(session: Warehouse, action: str, profiles: list[str], about: str) -> bool:
    """Write the look down before anything is shown; a redrawn page is no second look."""
    purpose = str(st.session_state.get(PURPOSE, "")).strip()
    look = (action, tuple(profiles), about, purpose, viewer())
    noted: set[Any] = st.session_state.setdefault(NOTED, set())
    if look not in noted:
        access_log.note(session, action, profiles, viewer(), purpose, "console")
        noted.add(look)
    return bool(purpose)


def _profile(session: Warehouse, found: profile_data.Found, unmask: bool) -> None:
    profile = found.profile_id
    golden = profile_data.read_golden(session, profile)
    if golden is None:
        st.warning(f"{profile} is not published yet: the next run does, unless a check holds it back.")
        return
    html(
        f'<p class="c360-verdict">{escape(masked("display_name", golden.get("display_name"), unmask))}</p>'
        + chips([found.entity_kind, profile, f"{golden.get('member_count')} source records"])
        + chips([str(golden.get("customer_status"))], "good" if golden.get("customer_status") == "active" else "")
        + chips(["review required"] if golden.get("review_required") else [], "wait")
        + chips([] if unmask else ["personal data masked: give a purpose"], "wait")
    )
    part = st.segmented_control(
        "Show", [FIELDS, DEPARTMENTS, VERSIONS, CONSENT, DELIVERIES], default=FIELDS, label_visibility="collapsed"
    )
    draw = {FIELDS: _fields, DEPARTMENTS: _departments, VERSIONS: _versions, CONSENT: _consent,
            DELIVERIES: _deliveries}  # fmt: skip
    draw[part or FIELDS](session, profile, unmask)
    if unmask:
        _export(session, profile, golden)


def _fields(session: Warehouse, profile: str, unmask: bool) -> None:
    fields = profile_data.read_fields(session, profile)
    if not fields:
        st.caption("No field has a value of its own.")
        return
    names = [each["field"] for each in fields]
    chosen = st.selectbox("Where does it come from, where did it go?", names, width=360)
    versions = profile_data.read_versions(session, profile)
    deliveries = profile_data.read_deliveries(session, profile)
    st.graphviz_chart(
        value_path(fields[names.index(chosen)], versions[0].version if versions else None, deliveries), width="content"
    )
    html(
        html_table([
            {"field": each["field"].replace("_", " "), "value": masked(each["field"], each["value"], unmask),
             "from": each["winner_record_key"], "why it won": str(each["rule"]).replace("_", " "),
             "what lost": ", ".join(
                 f"{loser['record_key']} ({str(loser.get('reason', '')).replace('_', ' ')})" for loser in each["losers"]
             ),
             "observed": each["observed_at"]}
            for each in fields
        ])
    )  # fmt: skip


def _departments(session: Warehouse, profile: str, unmask: bool) -> None:
    for column, name in zip(st.columns(2) * 2, profile_data.PERSPECTIVES, strict=True):
        with column:
            st.subheader(name.capitalize())
            seen = profile_data.read_perspective(session, name, profile)
            if seen is None:
                st.caption(f"{name.capitalize()} does not see this profile.")
                continue
            html(
                html_table([
                    {"field": field.replace("_", " "), "value": masked(field, value, unmask)}
                    for field, value in seen.items()
                    if value not in (None, "") and field not in ("profile_id", "unified_customer_id")
                ])
            )  # fmt: skip


def _versions(session: Warehouse, profile: str, unmask: bool) -> None:
    for version in profile_data.read_versions(session, profile):
        until = f"to {version.valid_to:%Y-%m-%d %H:%M}" if version.valid_to else "and still"
        with st.expander(
            f"Version {version.version}, from {version.valid_from:%Y-%m-%d %H:%M} {until} UTC: "
            f"{len(version.changes)} field(s) changed",
            expanded=version.valid_to is None,
        ):
            if not version.changes:
                st.caption("No value changed; what it stands on did: its records, rules or consents.")
            html(
                html_table([
                    {"field": field.replace("_", " "), "before": masked(field, before, unmask),
                     "after": masked(field, after, unmask)}
                    for field, before, after in version.changes
                ])
            )  # fmt: skip


def _consent(session: Warehouse, profile: str, unmask: bool) -> None:
    rows = profile_data.read_consent(session, profile)
    html(html_table(rows)) if rows else st.caption("Nobody ever recorded a consent of this customer.")


def _deliveries(session: Warehouse, profile: str, unmask: bool) -> None:
    rows = profile_data.read_deliveries(session, profile)
    html(html_table(rows)) if rows else st.caption("Nothing of this profile was ever delivered.")


def _export(session: Warehouse, profile: str, golden: dict[str, Any]) -> None:
    """In two steps, so that the export is written down before there is a file."""
    if st.button("Export as JSON"):
        # Each export anew, unlike a look, of which a redrawn page is none.
        access_log.note(session, "export", [profile], viewer(), st.session_state[PURPOSE], "console, JSON")
        text = json.dumps(golden, default=str, ensure_ascii=False, indent=2)
        st.download_button("Download", text, f"{profile}.json", "application/json")


show(
    "Profile", "One customer: every field with its source, and every look at it on record.", body,
    needs="GOLDEN_PROFILE.PROFILE_VERSION",
)  # fmt: skip
