"""Contracts of stage activation_feed: what destinations may hold, and what they were given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pandera.ibis as pa
import yaml
from pandera.api.checks import Check

from c360_assets.contracts import patterns
from c360_assets.contracts.feed import feed_model
from c360_assets.contracts.model import Contract, exists_in

DECLARATIONS = Path(__file__).resolve().parent.parent / "defs" / "activation_feed"


class FeedAudience(Contract, table="activation_feed.feed_audience"):
    """One row per destination and profile it could hold, with the first reason why it may not."""

    destination: str
    profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    destination_key: str = pa.Field(nullable=True)
    consent_basis: str = pa.Field(nullable=True)
    reason: str = pa.Field(nullable=True)
    changed_at: datetime

    class Config:
        """The grain."""

        unique = ("destination", "profile_id")

    @pa.dataframe_check(name="held_back_or_ready")
    def held_back_or_ready(cls, data):
        """What is not held back has a key and a basis."""
        t = data.table
        return t.reason.notnull() | (t.destination_key.notnull() & t.consent_basis.notnull())


class TouchedFeed(Contract, table="activation_feed.touched_feed"):
    """One row per profile whose feeds the last run decided anew."""

    profile_id: str = pa.Field(unique=True, str_matches=patterns.PROFILE_ID)


class Suppressed(Contract, table="activation_feed.suppressed"):
    """One row per destination and profile that is kept out of it, with the first reason."""

    destination: str
    profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    reason: str

    class Config:
        """The grain."""

        unique = ("destination", "profile_id")


class Receipt(Contract, table="activation_feed.receipt"):
    """One row per profile and delivery."""

    destination: str
    profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    destination_key: str = pa.Field(nullable=True)
    operation: str = pa.Field(isin=["create", "update", "merge", "delete", "suppress"])
    payload_hash: str = pa.Field(nullable=True)
    batch_id: str
    file_name: str = pa.Field(nullable=True)
    status: str = pa.Field(isin=["delivered", "rejected", "suppressed"])
    run_id: str
    delivered_at: datetime = pa.Field(nullable=True)

    class Config:
        """The grain."""

        unique = ("destination", "profile_id", "batch_id")

    @pa.dataframe_check(name="delivered_says_when")
    def delivered_says_when(cls, data):
        """What was delivered has a time."""
        return (data.table.status != "delivered") | data.table.delivered_at.notnull()

    @classmethod
    def across(cls) -> list[Check]:
        """Only customers that exist, or existed, are delivered."""
        return [exists_in("profile_id", "match_cluster.profile_registry", "profile_id")]


class DestinationState(Contract, table="activation_feed.destination_state"):
    """One row per destination and profile that it holds."""

    destination: str
    profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)

    class Config:
        """The grain."""

        unique = ("destination", "profile_id")


def models(declarations: Path = DECLARATIONS) -> Iterator[type[Contract]]:
    """Contracts of every declared destination's feed, then of what the stage keeps about deliveries."""
    for path in sorted(declarations.glob("*/defs.yaml")):
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            if document and "destination" in document.get("attributes", {}):
                yield feed_model(document["attributes"])
    yield from (FeedAudience, TouchedFeed, Suppressed, Receipt, DestinationState)


MODELS: tuple[type[Contract], ...] = tuple(models())
