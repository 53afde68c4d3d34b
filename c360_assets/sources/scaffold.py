"""`c360 new source NAME --from DIR`: writes a source's declaration and its dbt models from sample files."""

from __future__ import annotations

import glob
import json
import re
from pathlib import Path

import yaml

from c360_assets.sources.common_shape import EntityKind, entity_kind, mapping, personal_columns
from c360_assets.sources.declared import declared_system
from c360_assets.sources.errors import SourceError
from c360_assets.sources.inference import infer
from c360_assets.sources.landing import stem_of
from c360_assets.sources.names import column_name
from c360_assets.sources.scaffold_models import SampledObject, scaffold_models

_SUFFIX = re.compile(r"\.(csv|tsv|txt|jsonl|ndjson|json|parquet|pq)(\.gz)?$", re.IGNORECASE)
_UPDATED = re.compile(r"(last_?)?(updated?|modified|changed)(_?(at|on|date|time))?|lastmodifieddate|as_of(_date)?")
_DELETED = re.compile(r"(is_?)?deleted")
_DATE = re.compile(r"[ _.-]?\d{4}([ _.-]?\d{2}){0,2}$")


def scaffold_source(name: str, files: Path, root: Path, entity: EntityKind | None = None) -> list[Path]:
    """Write what a new source needs, below the repository `root`, from one sample file or a folder of them.

    Each file (or set of parts) becomes an object with its columns, types, likely key and personal columns; what
    looks like people or companies gets a dbt model in the common shape. `entity` says which of both a record
    describes, where the look of the columns is not to decide; files that are neither stay facts.
    Returns the files written or changed.

    Raises:
        SourceError: the name is not usable or taken, a file cannot be read, or `entity` fits none of them.
    """
    target = root / "c360_assets" / "defs" / "source_snapshot" / name / "defs.yaml"
    if target.exists():
        raise SourceError(f"{target} exists already; choose another name, or edit it.")
    objects = _objects(name, files, entity)
    text = _declaration(name, objects)
    # What is written must load as it stands.
    declared_system(yaml.safe_load(text)["attributes"], str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return [target, *scaffold_models(name, objects, root)]


def _objects(system: str, files: Path, entity: EntityKind | None) -> list[SampledObject]:
    if not files.exists():
        raise SourceError(f"{files} does not exist; name a sample file or a folder of them.")
    found = [files] if files.is_file() else sorted(p for p in files.iterdir() if _SUFFIX.search(p.name))
    if not found:
        raise SourceError(f"{files} has no .csv, .jsonl or .parquet file (plain or .gz).")
    samples: dict[str, list[Path]] = {}
    for file in found:
        samples.setdefault(_undated(stem_of(file.name).removeprefix("/")), []).append(file)
    objects: list[SampledObject] = []
    for stem, group in samples.items():
        # The youngest of several days' files shows best what the next one will look like.
        file = group[-1]
        inferred = infer(file)
        clash = any(other != stem and other.startswith(stem) for other in samples)
        name = _object_name(stem, objects)
        kind = entity_kind(inferred, name)
        if entity and (kind or len(samples) == 1):
            kind = entity
        objects.append(SampledObject(name, _pattern(system, stem, group, clash), inferred, kind))
    if entity and not any(o.kind == entity and mapping(o.inferred, entity) for o in objects):
        raise SourceError(f"{files}: no column looks like one of a {entity}'s (name, email, phone, address, …).")
    return objects


def _undated(stem: str) -> str:
    """Without the date at the end, which tells extracts of one object apart."""
    return _DATE.sub("", stem)


def _pattern(system: str, stem: str, group: list[Path], clash: bool) -> str:
    """The glob that takes in the next days' files and parts, but no other object's files."""
    suffix = _SUFFIX.search(group[-1].name)
    assert suffix
    dates = [stem_of(file.name).removeprefix("/")[len(stem) :] for file in group]
    if all(dates):
        any_date = f"{dates[-1][0]}[0-9]*" if not dates[-1][0].isdigit() else "[0-9]*"
    else:
        any_date = "" if clash else "*"
    return f"{system}/{glob.escape(stem)}{any_date}.{suffix[1]}*"


def _object_name(stem: str, others: list[SampledObject]) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", stem or "record")
    name = re.sub(r"_+", "_", re.sub(r"[^a-z0-9]", "_", spaced.lower())).strip("_")
    name = (name if name[:1].isalpha() else f"file_{name}").rstrip("_")[:50]
    taken = {o.name for o in others}
    return next(n for n in [name, *(f"{name}_{i}" for i in range(2, 1000))] if n not in taken)


# --- the declaration ---


def _declaration(name: str, objects: list[SampledObject]) -> str:
    personal = any(personal_columns(o.inferred, o.kind) for o in objects)
    title = name.replace("_", " ").capitalize()
    head = f"""# {title}: written from sample files. Read it through: owner, cadence, sensitivity, keys and types
# are guesses.
# Its extracts are expected in the landing zone under {name}/.
type: c360_assets.components.SourceSystem
attributes:
  system: {name}
  kind: other
  title: {title}
  owner: team:unassigned
  field_ownership: []
  cadence: daily
  transformation: Loaded as exported; types are cast, nothing else is changed.
  sensitivity: {"personal" if personal else "internal"}
  consent_relevance: Not yet reviewed.
  known_limitations: []
  objects:
"""
    return head + "".join(_object(o) for o in objects)


def _object(declared: SampledObject) -> str:
    inferred = declared.inferred
    unsure = "" if inferred.key_is_sure else "  # not unique in the sample: rows that repeat a key go to quarantine"
    lines = [
        f"    - name: {declared.name}",
        f"      files: {_text(declared.files)}",
        "      extract: full",
        f"      key: [{', '.join(map(_text, inferred.key))}]{unsure}",
    ]
    updated = next((c.name for c in inferred.columns if _is_updated(c.name) and c.type in ("date", "timestamp")), None)
    deleted = next((c.name for c in inferred.columns if _DELETED.fullmatch(column_name(c.name).lower())), None)
    lines += [f"      updated_at: {_text(updated)}"] if updated else []
    lines += [f'      deleted: {{column: {_text(deleted)}, value: "true"}}'] if deleted else []
    lines += [f"      delimiter: {_text(inferred.delimiter)}"] if inferred.delimiter != "," else []
    personal = personal_columns(inferred, declared.kind)
    lines += [f"      personal: [{', '.join(map(_text, personal))}]"] if personal else []
    lines.append("      columns:")
    for column in inferred.columns:
        extra = [f"format: {_text(column.format)}"] if column.format else []
        extra += ["required: true"] if column.name in inferred.key else []
        type_ = f"{{{', '.join([f'type: {column.type}', *extra])}}}" if extra else column.type
        lines.append(f"        {_text(column.name)}: {type_}")
    return "\n".join(lines) + "\n"


def _is_updated(vendor: str) -> bool:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", vendor.strip())
    return bool(_UPDATED.fullmatch(column_name(spaced).lower()))


def _text(value: str) -> str:
    """A YAML scalar, in quotes where plain it would be something else (yes, 1.0, a: b)."""
    try:
        plain = re.fullmatch(r"[\w][\w ./+-]*[\w]|\w", value) and yaml.safe_load(value) == value
    except yaml.YAMLError:
        plain = False
    return value if plain else json.dumps(value, ensure_ascii=False)
