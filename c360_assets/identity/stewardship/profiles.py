"""Decisions about whole profiles: merge two, or take records out of one."""

from __future__ import annotations

from c360_assets.identity.stewardship.decisions import Decided, decide
from c360_assets.identity.stewardship.settings import StewardError
from c360_assets.warehouse import Warehouse


def representative(warehouse: Warehouse, profile: str, without: tuple[str, ...] = ()) -> str:
    """The record that stands for a profile: its founder, or of its records the one that was there first.

    Raises:
        StewardError: no such profile, or it has no record besides those of `without`.
    """
    known = warehouse.rows(
        "select status, merged_into from MATCH_CLUSTER.PROFILE_REGISTRY where profile_id = %s", [profile]
    )
    if not known:
        raise StewardError(f"No profile {profile!r}; an id is per_… or org_… with 20 digits.")
    status, into = known[0]
    if status == "merged":
        raise StewardError(f"Profile {profile} was merged into {into}; name that one.")
    members = warehouse.rows(
        """
select cluster.record_key from MATCH_CLUSTER.CLUSTER as cluster
inner join MATCH_CLUSTER.PROFILE_REGISTRY as registry on cluster.profile_id = registry.profile_id
where cluster.profile_id = %s
order by iff(cluster.record_key = registry.founder_record_key, 0, 1), cluster.assigned_at, cluster.record_key
""",
        [profile],
    )
    left = [key for (key,) in members if key not in without]
    if not left:
        raise StewardError(f"Profile {profile} has no record {'left' if members else ''} to decide about.")
    return str(left[0])


def members_of(warehouse: Warehouse, profile: str) -> list[str]:
    """A profile's records."""
    rows = warehouse.rows(
        "select record_key from MATCH_CLUSTER.CLUSTER where profile_id = %s order by record_key", [profile]
    )
    return [key for (key,) in rows]


def merge_profiles(warehouse: Warehouse, one: str, other: str, by: str, reason: str | None = None) -> Decided:
    """Decide that two profiles are one customer: `same` between the records that stand for them.

    Raises:
        StewardError: a profile cannot be decided about.
    """
    left, right = representative(warehouse, one), representative(warehouse, other)
    return decide(warehouse, left, right, "same", by, reason)


def split_profile(
    warehouse: Warehouse, profile: str, records: tuple[str, ...], by: str, reason: str | None = None
) -> list[Decided]:
    """Decide that records are not this profile's customer: `different` from the record that stands for the rest.

    Raises:
        StewardError: a record is not the profile's, or nothing would be left.
    """
    kept = representative(warehouse, profile, records)
    if strangers := sorted(set(records) - set(members_of(warehouse, profile))):
        raise StewardError(f"{', '.join(strangers)} is not in profile {profile}.")
    return [decide(warehouse, kept, record, "different", by, reason) for record in records]
