"""From feeds to deliveries: what changed since a destination was last served, written once, with receipts."""

from c360_assets.activation.declaration import (
    DeclarationError,
    DestinationDeclaration,
    dbt_vars,
    load_destination,
    load_destinations,
)
from c360_assets.activation.deliver import DeliveryResult, deliver

__all__ = [
    "DeclarationError",
    "DeliveryResult",
    "DestinationDeclaration",
    "dbt_vars",
    "deliver",
    "load_destination",
    "load_destinations",
]
