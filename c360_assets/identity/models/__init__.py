"""One default model per entity kind."""

from c360_assets.identity.models.entity import EntityModel
from c360_assets.identity.models.organization import ORGANIZATION
from c360_assets.identity.models.person import PERSON

MODELS: dict[str, EntityModel] = {"person": PERSON, "organization": ORGANIZATION}

__all__ = ["MODELS", "ORGANIZATION", "PERSON", "EntityModel"]
