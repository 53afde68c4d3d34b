"""`c360 new destination NAME`: a declaration and a feed model that work as they stand."""

from __future__ import annotations

import re
from pathlib import Path

from c360_assets.activation.declaration import DeclarationError

_FIELDS = ("display_name", "email", "country", "customer_status")

_DEFS = """# {title}: say here what it is for and what it must never hold.
type: c360_assets.components.Destination
attributes:
  destination: {name}
  kind: files
  title: {title}
  owner: team:data
  feed: ACTIVATION_FEED.{table}
  entities: [person]
  # What the destination knows the customer by, best first: a source system, email or profile_id.
  key: [profile_id]
  # With a channel only profiles whose consent for purpose and channel is granted are delivered.
  purpose: marketing
  channel: email
  legal_basis: consent
  # Empty: all regions.
  regions: []
  # Whom to leave out: existing_customers, and {{products_owned: [name of a plan or feature, ...]}}.
  suppress: []
  fields: [{fields}]
  format: csv
  cadence: daily
  sensitivity: personal
"""

_MODEL = """-- One row per person that {title} may hold.
{{{{ config(incremental_strategy='replace_touched', meta={{'touched': 'touched_feed'}}) }}}}
with
payload as (
  select
    {{{{ feed_head() }}}},
{columns}
  {{{{ feed_from('{name}', 'person') }}}}
),

{{{{ feed_final([{quoted}]) }}}}
"""


def scaffold_destination(name: str, root: Path) -> list[Path]:
    """Write defs.yaml and the feed model of a new destination under the repository `root`; returns their paths.

    Raises:
        DeclarationError: the name is not usable or the destination exists.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,40}", name):
        raise DeclarationError(f"{name!r} is not a destination's name: lower-case letters, digits and _, letter first.")
    declaration = root / "c360_assets" / "defs" / "activation_feed" / name / "defs.yaml"
    model = root / "dbt" / "models" / "activation_feed" / f"{name}_feed.sql"
    for path in (declaration, model):
        if path.exists():
            raise DeclarationError(f"Destination {name!r} exists: {path}.")
    values = {
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "table": f"{name.upper()}_FEED",
        "fields": ", ".join(_FIELDS),
        "columns": ",\n".join(f"    profile.{field}" for field in _FIELDS),
        "quoted": ", ".join(f"'{field}'" for field in _FIELDS),
    }
    for path, text in ((declaration, _DEFS), (model, _MODEL)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(**values), encoding="utf-8")
    return [declaration, model]
