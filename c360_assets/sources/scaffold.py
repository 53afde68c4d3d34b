"""`c360 new source NAME --from DIR`: writes a source's declaration and its dbt models from sample files."""

from __future__ import annotations

import glob
import json
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from c360_assets.sources.common_shape import EntityKind, entity_kind, mapping, personal_columns
from c360_assets.sources.declared import declared_system
from c360_assets.sources.errors import SourceError
from c360_assets.sources.inference import InferredObject, infer
from c360_assets.sources.landing import stem_of
from c360_assets.sources.names import column_name

_SUFFIX = re.compile(r"\.(csv|tsv|txt|jsonl|ndjson|json|parquet|pq)(\.gz)?$", re.IGNORECASE)
_UPDATED = re.compile(r"(last_?)?(updated?|modified|changed)(_?(at|on|date|time))?|lastmodifieddate|as_of(_date)?")
_DELETED = re.compile(r"(is_?)?deleted")
_SOURCES_LIST = Path("dbt/macros/normalize_sources.sql")


@dataclass
class _Object:
    """One sample file as an object of the new source."""

    name: str
    files: str
    inferred: InferredObject
    kind: EntityKind | None


def scaffold_source(name: str, files: Path, root: Path) -> list[Path]:
    """Write what a new source needs, below the repository `root`, from one sample file or a folder of them.

    Each file (or set of parts) becomes an object with its columns, types, likely key and personal columns; what
    looks like people or companies gets a dbt model in the common shape. Returns the files written or changed.

    Raises:
        SourceError: the name is not usable or taken, or a file cannot be read.
    """
    target = root / "c360_assets" / "defs" / "source_snapshot" / name / "defs.yaml"
    if target.exists():
        raise SourceError(f"{target} exists already; choose another name, or edit it.")
    objects = _objects(name, files)
    text = _declaration(name, objects)
    # What is written must load as it stands.
    declared_system(yaml.safe_load(text)["attributes"], str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return [target, *scaffold_models(name, objects, root)]


def _objects(system: str, files: Path) -> list[_Object]:
    if not files.exists():
        raise SourceError(f"{files} does not exist; name a sample file or a folder of them.")
    found = [files] if files.is_file() else sorted(p for p in files.iterdir() if _SUFFIX.search(p.name))
    if not found:
        raise SourceError(f"{files} has no .csv, .jsonl or .parquet file (plain or .gz).")
    samples: dict[str, Path] = {}
    for file in found:
        samples.setdefault(stem_of(file.name).removeprefix("/"), file)
    objects: list[_Object] = []
    for stem, file in samples.items():
        inferred = infer(file)
        clash = any(other != stem and other.startswith(stem) for other in samples)
        suffix = _SUFFIX.search(file.name)
        assert suffix
        # A star takes in dated files and parts; not where it would take in another object's files.
        pattern = f"{system}/{glob.escape(stem)}{'' if clash else '*'}.{suffix[1]}*"
        name = _object_name(stem, objects)
        objects.append(_Object(name, pattern, inferred, entity_kind(inferred, name)))
    return objects


def _object_name(stem: str, others: list[_Object]) -> str:
    undated = re.sub(r"[ _.-]?\d{4}([ _.-]?\d{2}){0,2}$", "", stem)
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", undated or stem)
    name = re.sub(r"_+", "_", re.sub(r"[^a-z0-9]", "_", spaced.lower())).strip("_")
    name = (name if name[:1].isalpha() else f"file_{name}").rstrip("_")[:50]
    taken = {o.name for o in others}
    return next(n for n in [name, *(f"{name}_{i}" for i in range(2, 1000))] if n not in taken)


# --- the declaration ---


def _declaration(name: str, objects: list[_Object]) -> str:
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


def _object(declared: _Object) -> str:
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


# --- the models ---


def scaffold_models(name: str, objects: list[_Object], root: Path) -> list[Path]:
    """Write dbt/models/normalized_record/<name>/: its source tables, and a model per entity kind it speaks of."""
    folder = root / "dbt" / "models" / "normalized_record" / name
    folder.mkdir(parents=True, exist_ok=True)
    tables = "".join(f"      - name: {name}__{o.name}\n" for o in objects)
    schema = folder / f"{name}.yml"
    schema.write_text(
        f"sources:\n  - name: source_snapshot\n    schema: SOURCE_SNAPSHOT\n    tables:\n{tables}", encoding="utf-8"
    )
    written = [schema]
    kinds: tuple[EntityKind, ...] = ("person", "organization")
    for kind in kinds:
        of_kind = [o for o in objects if o.kind == kind]
        if of_kind:
            model = folder / f"{name}__{kind}.sql"
            model.write_text("union all\n".join(_model(name, o, kind) for o in of_kind), encoding="utf-8")
            written += [model, _list_source(root / _SOURCES_LIST, name, kind)]
    return list(dict.fromkeys(written))


def _model(system: str, declared: _Object, kind: EntityKind) -> str:
    columns = "".join(f",\n    {target}='{source}'" for target, source in mapping(declared.inferred, kind).items())
    return (
        f"-- One row per row of {system}:{declared.name}, as given. The mapping is a guess: read it through.\n"
        f"{{{{ normalize_{kind}_from('{system}__{declared.name}'{columns}\n) }}}}\n"
    )


def _list_source(path: Path, name: str, kind: str) -> Path:
    """Add the source to the one list of who contributes what."""
    text = path.read_text(encoding="utf-8")
    line = re.compile(rf"^(\s*'{kind}': \[)(.*)(\],?)$", re.MULTILINE)
    if not line.search(text):
        raise SourceError(f"{path}: has no line for {kind}; add '{name}' to it by hand.")
    if not re.search(rf"'{kind}': \[[^\]]*'{name}'", text):
        text = line.sub(lambda m: f"{m[1]}{m[2]}{', ' if m[2] else ''}'{name}'{m[3]}", text, count=1)
        path.write_text(text, encoding="utf-8")
    return path
