"""Contracts of stage match_cluster: edges with their evidence, and each record's profile."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir
import pandera.ibis as pa
from pandera.api.checks import Check

from c360_assets.contracts import patterns
from c360_assets.contracts.model import Contract, Variant, exists_in, other, violations
from c360_assets.identity.relation_types import NAMES, NODE_KINDS

PROBABILITY = {"min_value": 0, "max_value": 1}


class MatchEdge(Contract, table="match_cluster.match_edge"):
    """One row per compared pair of records and rule."""

    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    record_key_l: str = pa.Field(str_matches=patterns.RECORD_KEY)
    record_key_r: str = pa.Field(str_matches=patterns.RECORD_KEY)
    rule: str
    match_weight: float = pa.Field(nullable=True)
    match_probability: float = pa.Field(nullable=True, in_range=PROBABILITY)
    decision: str = pa.Field(isin=["match", "review", "no_match"])
    evidence: Variant = pa.Field(nullable=True)
    model_version: str = pa.Field(nullable=True)
    run_id: str = pa.Field(nullable=True)
    compared_at: datetime

    class Config:
        """The grain."""

        unique = ("record_key_l", "record_key_r", "rule")

    @pa.dataframe_check(name="left_before_right")
    def left_before_right(cls, data):
        """A pair is stored once, the smaller key left."""
        return data.table.record_key_l < data.table.record_key_r


class Cluster(Contract, table="match_cluster.cluster"):
    """One row per source record with the profile it belongs to."""

    record_key: str = pa.Field(unique=True, str_matches=patterns.RECORD_KEY)
    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    cluster_size: int = pa.Field(ge=1)
    match_confidence: float = pa.Field(in_range=PROBABILITY)
    linked_by: Variant = pa.Field(nullable=True)
    run_id: str = pa.Field(nullable=True)
    assigned_at: datetime
    changed_at: datetime

    @pa.dataframe_check(name="id_names_its_kind")
    def id_names_its_kind(cls, data):
        """People's ids start with per_, organizations' with org_."""
        return data.table.profile_id.startswith("per_") == (data.table.entity_kind == "person")

    @classmethod
    def across(cls) -> list[Check]:
        """Ids are registered and active, every record has one, and sizes are true."""

        def unregistered(t: ir.Table) -> ir.Table:
            registry = other("match_cluster.profile_registry", profile_id="string", status="string")
            active = registry.filter(registry.status == "active")
            return t.anti_join(active, "profile_id")

        def wrong_size(t: ir.Table) -> ir.Table:
            sizes = t.group_by("profile_id").aggregate(members=t.count(), claimed=t.cluster_size.max())
            return sizes.filter(sizes.members != sizes.claimed)

        def two_kinds(t: ir.Table) -> ir.Table:
            kinds = t.group_by("profile_id").aggregate(kinds=t.entity_kind.nunique())
            return kinds.filter(kinds.kinds > 1)

        return [
            violations("profile_is_active", "A record's profile is registered and active.", unregistered),
            violations("cluster_size_is_true", "cluster_size is the number of members.", wrong_size),
            violations("one_kind_per_profile", "People and organizations never share a profile.", two_kinds),
            *(_covered(kind) for kind in patterns.ENTITY_KINDS),
        ]


def _covered(kind: str) -> Check:
    def left_out(t: ir.Table) -> ir.Table:
        return other(f"normalized_record.{kind}", record_key="string").anti_join(t, "record_key")

    return violations(f"every_{kind}_has_a_profile", f"Every {kind} record has a profile.", left_out)


class ProfileRegistry(Contract, table="match_cluster.profile_registry"):
    """One row per profile id ever given; permanent."""

    profile_id: str = pa.Field(unique=True, str_matches=patterns.PROFILE_ID)
    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    founder_record_key: str = pa.Field(str_matches=patterns.RECORD_KEY)
    status: str = pa.Field(isin=["active", "merged", "retired"])
    merged_into: str = pa.Field(nullable=True, str_matches=patterns.PROFILE_ID)
    reason: str = pa.Field(nullable=True)
    created_at: datetime
    changed_at: datetime

    @pa.dataframe_check(name="merged_names_its_heir")
    def merged_names_its_heir(cls, data):
        """A merged id says into which; no other status does."""
        return (data.table.status == "merged") == data.table.merged_into.notnull()

    @classmethod
    def across(cls) -> list[Check]:
        """A redirect leads somewhere."""
        return [exists_in("merged_into", "match_cluster.profile_registry", "profile_id")]


class ProfileEvent(Contract, table="match_cluster.profile_event"):
    """One row per step of a profile id: founded, split off, merged, retired; permanent."""

    profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    event: str = pa.Field(isin=["founded", "split", "merged", "retired"])
    other_profile_id: str = pa.Field(nullable=True, str_matches=patterns.PROFILE_ID)
    reason: str = pa.Field(nullable=True)
    run_id: str = pa.Field(nullable=True)
    changed_at: datetime

    class Config:
        """The grain: an id is given once and ends once."""

        unique = ("profile_id", "event")

    @pa.dataframe_check(name="merged_names_its_heir")
    def merged_names_its_heir(cls, data):
        """A merge says into which id."""
        return (data.table.event != "merged") | data.table.other_profile_id.notnull()

    @classmethod
    def across(cls) -> list[Check]:
        """Every id is registered."""
        registry = "match_cluster.profile_registry"
        return [exists_in(end, registry, "profile_id") for end in ("profile_id", "other_profile_id")]


class ProfileMemberHistory(Contract, table="match_cluster.profile_member_history"):
    """One row per record and time at which it came to a profile or was gone; permanent."""

    record_key: str = pa.Field(str_matches=patterns.RECORD_KEY)
    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    profile_id: str = pa.Field(nullable=True, str_matches=patterns.PROFILE_ID)
    previous_profile_id: str = pa.Field(nullable=True, str_matches=patterns.PROFILE_ID)
    run_id: str = pa.Field(nullable=True)
    changed_at: datetime

    class Config:
        """The grain."""

        unique = ("record_key", "changed_at")


class ReviewQueue(Contract, table="match_cluster.review_queue"):
    """One row per pair of records that waits for a steward."""

    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    record_key_l: str = pa.Field(str_matches=patterns.RECORD_KEY)
    record_key_r: str = pa.Field(str_matches=patterns.RECORD_KEY)
    match_weight: float = pa.Field(nullable=True)
    match_probability: float = pa.Field(nullable=True, in_range=PROBABILITY)
    reason: str
    evidence: Variant = pa.Field(nullable=True)
    status: str
    queued_at: datetime

    class Config:
        """The grain."""

        unique = ("record_key_l", "record_key_r")

    @pa.dataframe_check(name="left_before_right")
    def left_before_right(cls, data):
        """A pair is stored once, the smaller key left."""
        return data.table.record_key_l < data.table.record_key_r


class MatchModel(Contract, table="match_cluster.match_model"):
    """One row per trained model."""

    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    model_version: str
    settings: Variant
    trained_on: str = pa.Field(nullable=True)
    records: int = pa.Field(ge=0)
    created_at: datetime

    class Config:
        """The grain."""

        unique = ("entity_kind", "model_version")


class Relation(Contract, table="match_cluster.relation"):
    """One row per typed relation of a profile to another one or to a node, and period in which it held."""

    relation_key: str = pa.Field(unique=True, str_matches=patterns.MD5)
    from_profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    relation_type: str = pa.Field(isin=list(NAMES))
    to_kind: str = pa.Field(isin=list(NODE_KINDS))
    to_id: str
    valid_from: datetime = pa.Field(nullable=True)
    valid_to: datetime = pa.Field(nullable=True)
    evidence: Variant
    sources: Variant
    row_hash: str = pa.Field(str_matches=patterns.MD5)
    changed_at: datetime

    class Config:
        """The grain."""

        unique = ("from_profile_id", "relation_type", "to_kind", "to_id", "valid_from")

    @pa.dataframe_check(name="not_to_itself")
    def not_to_itself(cls, data):
        """A relation joins two profiles."""
        return data.table.from_profile_id != data.table.to_id

    @pa.dataframe_check(name="ends_after_it_begins")
    def ends_after_it_begins(cls, data):
        """A relation ends no earlier than it begins."""
        return data.table.valid_from <= data.table.valid_to

    @classmethod
    def across(cls) -> list[Check]:
        """Both ends are registered."""
        registry = "match_cluster.profile_registry"

        def strangers(t: ir.Table) -> ir.Table:
            known = other(registry, profile_id="string")
            profiles = t.filter(t.to_kind == "profile")
            return profiles.anti_join(known, profiles.to_id == known.profile_id)

        told = "A relation to a profile leads to a registered one."
        return [exists_in("from_profile_id", registry, "profile_id"), violations("to_id_is_known", told, strangers)]


class RelationHistory(Contract, table="match_cluster.relation_history"):
    """One row per relation and time at which it came, became another one, or was over; permanent."""

    relation_key: str = pa.Field(str_matches=patterns.MD5)
    from_profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    relation_type: str = pa.Field(isin=list(NAMES))
    to_kind: str = pa.Field(isin=list(NODE_KINDS))
    to_id: str
    valid_from: datetime = pa.Field(nullable=True)
    valid_to: datetime = pa.Field(nullable=True)
    evidence: Variant
    sources: Variant
    holds: bool
    run_id: str = pa.Field(nullable=True)
    changed_at: datetime

    class Config:
        """The grain: what is over and what takes its place carry the same time."""

        unique = ("relation_key", "changed_at", "holds")


class Hierarchy(Contract, table="match_cluster.hierarchy"):
    """One row per profile and profile that stands above it."""

    ancestor_profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    descendant_profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    steps: int = pa.Field(ge=1)
    parent_steps: int = pa.Field(nullable=True, ge=1)
    changed_at: datetime

    class Config:
        """The grain."""

        unique = ("ancestor_profile_id", "descendant_profile_id")

    @pa.dataframe_check(name="nobody_stands_above_itself")
    def nobody_stands_above_itself(cls, data):
        """No profile is its own ancestor."""
        return data.table.ancestor_profile_id != data.table.descendant_profile_id

    @classmethod
    def across(cls) -> list[Check]:
        """One parent each."""

        def parents(t: ir.Table) -> ir.Table:
            counted = t.filter(t.parent_steps == 1).group_by("descendant_profile_id").aggregate(n=ibis._.count())
            return counted.filter(counted.n > 1)

        return [violations("one_parent", "No profile has two parents that are followed.", parents)]


class RelationConflict(Contract, table="match_cluster.relation_conflict"):
    """One row per profile and way in which its relations contradict each other."""

    profile_id: str = pa.Field(str_matches=patterns.PROFILE_ID)
    conflict: str = pa.Field(isin=["two_parents", "cycle"])
    link: str = pa.Field(nullable=True)
    other_profile_ids: Variant
    found_at: datetime

    class Config:
        """The grain."""

        unique = ("profile_id", "conflict", "link")

    @classmethod
    def across(cls) -> list[Check]:
        """A conflict waits for a person to correct a source: until then the relations are not followed."""
        told = "No profile has two parents, or stands above itself."
        return [violations("no_open_conflict", told, lambda t: t, warn=True)]


class SuspiciousCluster(Contract, table="match_cluster.suspicious_cluster"):
    """One row per component that was held back before it could merge."""

    reason: str


class ComparedRecord(Contract, table="match_cluster.compared_record"):
    """One row per record that was compared, with a fingerprint of what was compared."""

    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    record_key: str = pa.Field(unique=True, str_matches=patterns.RECORD_KEY)
    fingerprint: str


class OversizedBlock(Contract, table="match_cluster.oversized_block"):
    """One row per blocking value that too many records share to compare them all."""

    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    rule: str
    records: int = pa.Field(ge=2)


class Finding(Contract, table="match_cluster.finding"):
    """One row per oddity of the data or the model that matching found, with what it did about it."""

    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    subject: str
    finding: str
    done: str


class TermFrequency(Contract, table="match_cluster.term_frequency"):
    """One row per model version, column and value, with the value's share among the records."""

    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    model_version: str
    column_name: str
    value: str
    frequency: float = pa.Field(in_range=PROBABILITY)

    class Config:
        """The grain."""

        unique = ("entity_kind", "model_version", "column_name", "value")


class StewardDecision(Contract, table="match_cluster.steward_decision"):
    """One row per decision that a steward ever made; permanent."""

    decision_id: str = pa.Field(unique=True)
    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    record_key_l: str = pa.Field(str_matches=patterns.RECORD_KEY)
    record_key_r: str = pa.Field(str_matches=patterns.RECORD_KEY)
    verdict: str = pa.Field(isin=["same", "different", "unsure"])
    reason: str = pa.Field(nullable=True)
    needs_approval: bool
    decided_by: str
    decided_at: datetime
    approved_by: str = pa.Field(nullable=True)
    approved_at: datetime = pa.Field(nullable=True)
    revoked_by: str = pa.Field(nullable=True)
    revoked_at: datetime = pa.Field(nullable=True)

    @pa.dataframe_check(name="left_before_right")
    def left_before_right(cls, data):
        """A pair is stored once, the smaller key left."""
        return data.table.record_key_l < data.table.record_key_r

    @pa.dataframe_check(name="approved_by_another")
    def approved_by_another(cls, data):
        """Nobody approves what they decided."""
        return data.table.approved_by.isnull() | (data.table.approved_by != data.table.decided_by)


class DecisionConflict(Contract, table="match_cluster.decision_conflict"):
    """One row per pair of records that stewards decided to be two customers and, on some way, one."""

    entity_kind: str = pa.Field(isin=patterns.ENTITY_KINDS)
    record_key_l: str = pa.Field(str_matches=patterns.RECORD_KEY)
    record_key_r: str = pa.Field(str_matches=patterns.RECORD_KEY)
    decision_ids: Variant
    found_at: datetime

    class Config:
        """The grain."""

        unique = ("record_key_l", "record_key_r")

    @classmethod
    def across(cls) -> list[Check]:
        """A conflict waits for a person: the contested decisions have no effect until one is revoked."""
        told = "No decisions contradict each other; `c360 review conflicts` lists those that do."
        return [violations("no_open_conflict", told, lambda t: t, warn=True)]


MODELS: tuple[type[Contract], ...] = (
    MatchEdge,
    Cluster,
    ProfileRegistry,
    ProfileEvent,
    ProfileMemberHistory,
    ReviewQueue,
    MatchModel,
    Relation,
    RelationHistory,
    Hierarchy,
    RelationConflict,
    SuspiciousCluster,
    Finding,
    ComparedRecord,
    OversizedBlock,
    TermFrequency,
    StewardDecision,
    DecisionConflict,
)
