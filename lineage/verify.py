"""Replay and check: is what the warehouse says of its profiles what was recorded, and what the rules make of it?"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from lineage.outbox import Session
from lineage.tracing.finding import Finding
from lineage.verification.chain_check import check_chains, heads
from lineage.verification.closure import check_closure
from lineage.verification.consent_check import check_consents
from lineage.verification.edge_check import check_edges
from lineage.verification.past_check import check_past
from lineage.verification.replay_check import check_replay
from lineage.verification.shown_check import check_shown

SCHEMA_NAME = "verification.json"
_LISTED = 10_000


@dataclass
class Verified:
    """What was looked at, and what was found: nothing where all is as it was written."""

    profiles: int
    findings: list[Finding] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "profiles": self.profiles,
            "damaged": bool(self.findings),
            "findings": [vars(finding) for finding in self.findings],
            "seconds": {name: round(seconds, 3) for name, seconds in self.seconds.items()},
            "heads": {name: {"entry": entry, "hash": link} for name, (entry, link) in sorted(self.heads.items())},
        }


def verify(session: Session, sample: int | None = None, seed: int = 0) -> Verified:
    """Check all profiles, or `sample` of them at random by the seed, with their rows in the chains."""
    order = "md5(profile_id || %s)" if sample else "profile_id"
    limit = f" limit {int(sample)}" if sample else ""
    profiles = [
        profile
        for (profile,) in session.rows(
            "select profile_id from (select distinct profile_id from GOLDEN_PROFILE.PROFILE_VERSION)"
            f" order by {order}{limit}",
            [str(seed)] if sample else [],
        )
    ]
    only = profiles if sample and len(profiles) <= _LISTED else []
    done = Verified(len(profiles), heads=heads(session))
    for name, check in (
        ("chains", lambda: check_chains(session, only)),
        ("replay", lambda: check_replay(session, profiles)),
        ("past", lambda: check_past(session, profiles)),
        ("consents", lambda: check_consents(session, profiles)),
        ("shown", lambda: check_shown(session, profiles)),
        ("closure", lambda: check_closure(session, only)),
        ("edges", lambda: check_edges(session)),
    ):
        started = time.perf_counter()
        done.findings += check()
        done.seconds[name] = time.perf_counter() - started
    return done
