"""The company that the audit looks at: its days, what is done to it, and what is true of it after each run."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

from audit_oracle import Extracts, Truth, truth_of
from pipeline_home import PipelineHome

from c360_assets.identity.stewardship.profiles import merge_profiles, split_profile
from c360_assets.warehouse import Warehouse
from lineage import access_log
from lineage.trace import trace_profile


class Company:
    """What the audit looks at."""

    def __init__(self, home: PipelineHome, seed: int) -> None:
        self.home = home
        self.random = random.Random(seed)
        self.extracts = Extracts()
        self.truth: dict[str, Truth] = {}
        self.told: dict[str, dict[str, str]] = {}
        """Moment -> profile -> what its trace said at that moment."""
        self.merged: tuple[str, str]
        self.parted: tuple[str, str]
        self.refuses: str

    def run(self, moment: str, *arguments: str) -> None:
        """Run the pipeline, and keep what is true then and what is told of it."""
        self.extracts.keep(self.home.path / "landing")
        done = self.home.run(*arguments)
        assert done.code == 0, (done.out + done.err)[-3000:]
        with self.home.warehouse() as session:
            truth = self.truth[moment] = truth_of(session)
            self.told[moment] = {
                profile: text_of(trace_profile(session, profile, truth.at)) for profile in truth.members
            }


def plant_ties(landing: Path) -> None:
    """Give some people a second record in the CRM: as old as the first, of the same source, with another title."""
    file = landing / "salesforce/Contact.csv"
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    known = [row for row in rows if row["Email"] and row["Phone"] and row["LastName"] and row["Title"]][:5]
    again = [row | {"Id": f"0035eTIE{n:07d}AAA", "Title": f"{row['Title']} ({n})"} for n, row in enumerate(known)]
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows([*rows, *again])


def stewards_decide(this: Company, session: Warehouse) -> None:
    """Join two customers and part one; somebody looks at others."""
    people = session.rows(
        "select profile_id, count(*) from MATCH_CLUSTER.CLUSTER where entity_kind = 'person'"
        " group by profile_id order by profile_id"
    )
    single = this.random.sample([profile for profile, records in people if records == 1], 2)
    this.merged = (single[0], single[1])
    merge_profiles(session, *this.merged, by="ana", reason="told us so")
    whole = this.random.choice([profile for profile, records in people if records >= 3])
    (record,) = session.rows("select max(record_key) from MATCH_CLUSTER.CLUSTER where profile_id = %s", [whole])[0]
    split_profile(session, whole, (record,), by="ben", reason="two sisters")
    this.parted = (whole, record)
    access_log.ensure_tables(session)
    for profile, _ in people[:5]:
        access_log.note(session, "view", [profile], by="cem", purpose="audit")


def somebody_withdraws(this: Company, session: Warehouse) -> None:
    """Of whom marketing was told on the first day; the consent store says so on the second."""
    told = session.rows(
        "select receipt.profile_id, person.email from ACTIVATION_FEED.RECEIPT as receipt"
        " inner join GOLDEN_PROFILE.PERSON as person on receipt.profile_id = person.profile_id"
        " where receipt.destination = 'marketing' and person.email is not null order by 1"
    )
    others = {*this.merged, this.parted[0]}
    this.refuses, email = this.random.choice([each for each in told if each[0] not in others])
    event = {
        "event_id": "cns_audit", "subject_type": "email", "subject_value": email, "purpose": "marketing",
        "channel": "email", "status": "withdrawn", "legal_basis": "consent", "region": None, "brand": None,
        "source": "call_centre", "occurred_at": "2026-11-01T08:00:00Z", "expires_at": None,
        "recorded_at": "2026-11-01T08:00:01Z",
    }  # fmt: skip
    file = this.home.path / "landing/consent/consent_events_of_the_audit.jsonl"
    file.write_text(json.dumps(event) + "\n", encoding="utf-8")


def text_of(trace: dict[str, Any]) -> str:
    """All that a trace says."""
    return json.dumps(trace, default=str, sort_keys=True)
