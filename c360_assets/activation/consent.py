"""Who may be told, as the consent table and the latest refusals say now. What is not known to be allowed is not."""

from __future__ import annotations

from collections.abc import Sequence

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.tables import PLAN_ROW, REVOCATION, STATE
from c360_assets.warehouse import Warehouse

NOW = "current_timestamp()::timestamp_ntz"


def allowed_sql(destination: DestinationDeclaration, at: str = NOW) -> str:
    """A select of the profile ids that consent allows the destination to hold.

    Over all regions the strictest state holds, and a refusal that the pipeline has not taken in yet holds already.
    """
    of = f"purpose = '{destination.purpose}' and channel = '{destination.channel}'"
    return f"""select profile_id
    from GOLDEN_PROFILE.CONSENT
    where {of} and profile_id is not null
      and profile_id not in (select profile_id from {REVOCATION} where settled_at is null and {of})
    group by profile_id
    having count_if(state = 'granted' and (expires_at is null or expires_at > {at})) = count(*)"""


def refused_sql(destination: DestinationDeclaration, at: str = NOW) -> str:
    """A select of the profile ids of which a person's word, or its expiry, says no."""
    of = f"purpose = '{destination.purpose}' and channel = '{destination.channel}'"
    return f"""select profile_id
    from GOLDEN_PROFILE.CONSENT
    where {of} and (state in ('withdrawn', 'denied', 'expired') or expires_at <= {at})
    union distinct
    select profile_id from {REVOCATION} where settled_at is null and {of}"""


def refused_in(
    warehouse: Warehouse, destination: DestinationDeclaration, plan_id: str, batch_ids: Sequence[str]
) -> set[str]:
    """Those of these batches' profiles that may not be told now; one statement, just before they are sent."""
    if destination.channel is None or not batch_ids:
        return set()
    marks = ", ".join(["%s"] * len(batch_ids))
    rows = warehouse.rows(
        f"""
select told.profile_id
from {PLAN_ROW} as told
left join ({allowed_sql(destination)}) as allowed on allowed.profile_id = told.profile_id
where told.destination = %s and told.plan_id = %s and told.batch_id in ({marks}) and allowed.profile_id is null
""",
        [destination.destination, plan_id, *batch_ids],
    )
    return {profile for (profile,) in rows}


def held_without_consent(warehouse: Warehouse, destination: DestinationDeclaration) -> int:
    """How many profiles the destination holds whom consent does not allow it to hold, at this moment."""
    if destination.channel is None:
        return 0
    sql = f"select count(*) from {STATE} where destination = %s and profile_id not in ({allowed_sql(destination)})"
    return int(warehouse.scalar(sql, [destination.destination]))
