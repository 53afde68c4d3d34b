"""Whom a destination leaves out for what they have bought: `suppress` in its declaration, and the reasons it gives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

EXISTING_CUSTOMERS, PRODUCTS_OWNED = "existing_customers", "products_owned"
_PRODUCT = re.compile(r"[a-z0-9][a-z0-9 ._-]*")


@dataclass(frozen=True)
class Suppression:
    """One rule.

    `existing_customers`: who is an active customer, or works for one, is no prospect; reason `existing_customer`.
    `products_owned`: who pays for one of the products or uses it, or works for whom does; reason `owns_<product>`.
    """

    rule: str
    products: tuple[str, ...] = ()

    @classmethod
    def declared(cls, value: Any) -> Self:
        """From an item of `suppress`: a name, or a mapping of one name to its products.

        Raises:
            ValueError: the rule is unknown, or its products are no plain names.
        """
        if value == EXISTING_CUSTOMERS:
            return cls(EXISTING_CUSTOMERS)
        if isinstance(value, dict) and list(value) == [PRODUCTS_OWNED]:
            products = value[PRODUCTS_OWNED]
            if not isinstance(products, list) or not products:
                raise ValueError(f"suppress {PRODUCTS_OWNED} needs a list of products")
            names = tuple(str(product).lower() for product in products)
            if wrong := [name for name in names if not _PRODUCT.fullmatch(name)]:
                raise ValueError(f"suppress {PRODUCTS_OWNED} has {wrong[0]!r}, which is no plain product name")
            return cls(PRODUCTS_OWNED, names)
        raise ValueError(f"suppress has {value!r}; use {EXISTING_CUSTOMERS}, or {{{PRODUCTS_OWNED}: [product, ...]}}")

    def as_dbt(self) -> dict[str, Any]:
        """What macros/feed_destinations.sql needs to know."""
        return {"rule": self.rule, "products": list(self.products)}


def declared(values: Sequence[Any]) -> tuple[Suppression, ...]:
    """All rules of a declaration.

    Raises:
        ValueError: one of them cannot be used.
    """
    return tuple(Suppression.declared(value) for value in values)
