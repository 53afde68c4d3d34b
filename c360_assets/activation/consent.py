"""Who may be told, as the consent table and the latest refusals say now. What is not known to be allowed is not."""

from __future__ import annotations

from collections.abc import Sequence

from c360_assets.activation.declaration import DestinationDeclaration
from c360_assets.activation.tables import PLAN_ROW, REVOCATION, SCHEMA, STATE
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


def watch(warehouse: Warehouse, destination: DestinationDeclaration, plan_id: str, batch_ids: Sequence[str]) -> None:
    """Make ready to ask `refused_in` about these batches.

    What is asked before every batch is a view on the batches' profiles alone, so that asking costs the same however
    many consents and plans there are.
    """
    if destination.channel is None or not batch_ids:
        return
    marks = ", ".join(["%s"] * len(batch_ids))
    warehouse.execute(
        f"create or replace temporary table {_window(destination)} as select batch_id, profile_id from {PLAN_ROW}"
        f" where destination = %s and plan_id = %s and batch_id in ({marks})",
        [destination.destination, plan_id, *batch_ids],
    )
    of = f"purpose = '{destination.purpose}' and {{0}}.channel = '{destination.channel}'"
    warehouse.execute(f"""
create or replace temporary view {_window(destination)}_REFUSED as
select told.batch_id, told.profile_id
from {_window(destination)} as told
left join GOLDEN_PROFILE.CONSENT as consent
  on consent.profile_id = told.profile_id and consent.{of.format("consent")}
left join {REVOCATION} as refusal
  on refusal.profile_id = told.profile_id and refusal.settled_at is null and refusal.{of.format("refusal")}
group by told.batch_id, told.profile_id
having count(refusal.profile_id) > 0
  or count_if(consent.state = 'granted' and (consent.expires_at is null or consent.expires_at > {NOW})) < count(*)
""")


def refused_in(warehouse: Warehouse, destination: DestinationDeclaration, batch_ids: Sequence[str]) -> set[str]:
    """Those of these batches' profiles that may not be told now; one statement, just before they are sent."""
    if destination.channel is None or not batch_ids:
        return set()
    marks = ", ".join(["%s"] * len(batch_ids))
    sql = f"select profile_id from {_window(destination)}_REFUSED where batch_id in ({marks})"
    return {profile for (profile,) in warehouse.rows(sql, list(batch_ids))}


def _window(destination: DestinationDeclaration) -> str:
    return f"{SCHEMA}.{destination.destination.upper()}_WINDOW"


def held_without_consent(warehouse: Warehouse, destination: DestinationDeclaration) -> int:
    """How many profiles the destination holds whom consent does not allow it to hold, at this moment."""
    if destination.channel is None:
        return 0
    sql = f"select count(*) from {STATE} where destination = %s and profile_id not in ({allowed_sql(destination)})"
    return int(warehouse.scalar(sql, [destination.destination]))
