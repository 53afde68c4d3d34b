"""Who may be told, as the consent table and the latest refusals say now. What is not known to be allowed is not."""

from __future__ import annotations

from collections.abc import Sequence

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.tables import REVOCATION, STATE
from c360_assets.warehouse import Warehouse

NOW = "current_timestamp()::timestamp_ntz"


def allowed_sql(destination: DestinationDeclaration, at: str = NOW, among: str = "") -> str:
    """A select of the profile ids that consent allows the destination to hold; `among` narrows it (`and …`).

    Over all regions the strictest state holds, and a refusal that the pipeline has not taken in yet holds already.
    """
    of = f"purpose = '{destination.purpose}' and channel = '{destination.channel}'"
    return f"""select profile_id
    from GOLDEN_PROFILE.CONSENT
    where {of} {among}
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


def refused_among(warehouse: Warehouse, destination: DestinationDeclaration, profiles: Sequence[str]) -> set[str]:
    """Those of a batch's profiles that may not be told at this moment; one statement, just before the batch is sent."""
    if destination.channel is None or not profiles:
        return set()
    marks = ", ".join(["%s"] * len(profiles))
    among = f"and profile_id in ({marks})"
    allowed = {profile for (profile,) in warehouse.rows(allowed_sql(destination, among=among), list(profiles))}
    return set(profiles) - allowed


def held_without_consent(warehouse: Warehouse, destination: DestinationDeclaration) -> int:
    """How many profiles the destination holds whom consent does not allow it to hold, at this moment."""
    if destination.channel is None:
        return 0
    sql = f"select count(*) from {STATE} where destination = %s and profile_id not in ({allowed_sql(destination)})"
    return int(warehouse.scalar(sql, [destination.destination]))
