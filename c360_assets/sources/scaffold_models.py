"""The dbt part of a new source: its source tables, and a model per entity kind that it speaks of."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from c360_assets.sources.common_shape import EntityKind, mapping
from c360_assets.sources.errors import SourceError
from c360_assets.sources.inference import InferredObject
from c360_assets.sources.names import column_name

_SOURCES_LIST = Path("dbt/macros/normalize_sources.sql")
_A: dict[EntityKind, str] = {"person": "a person", "organization": "an organization"}


@dataclass
class SampledObject:
    """One object of the new source, learnt from its sample files; `kind` is None for facts."""

    name: str
    files: str
    inferred: InferredObject
    kind: EntityKind | None


def scaffold_models(name: str, objects: list[SampledObject], root: Path) -> list[Path]:
    """Write dbt/models/normalized_record/<name>/: its source tables, and a model per entity kind it speaks of."""
    folder = root / "dbt" / "models" / "normalized_record" / name
    folder.mkdir(parents=True, exist_ok=True)
    kinds: tuple[EntityKind, ...] = ("person", "organization")
    by_kind = {kind: of_kind for kind in kinds if (of_kind := [o for o in objects if o.kind == kind])}
    schema = folder / f"{name}.yml"
    schema.write_text(_schema(name, objects, list(by_kind)), encoding="utf-8")
    written = [schema]
    for kind, of_kind in by_kind.items():
        model = folder / f"{name}__{kind}.sql"
        model.write_text("union all\n".join(_model(name, o, kind) for o in of_kind), encoding="utf-8")
        written += [model, _list_source(root / _SOURCES_LIST, name, kind)]
    return list(dict.fromkeys(written))


def _schema(name: str, objects: list[SampledObject], kinds: list[EntityKind]) -> str:
    tables = "".join(f"      - name: {name}__{o.name}\n" for o in objects)
    text = f"sources:\n  - name: source_snapshot\n    schema: SOURCE_SNAPSHOT\n    tables:\n{tables}"
    models = "".join(
        f"  - name: {name}__{kind}\n    description: One row per {name} record of {_A[kind]}, as given.\n"
        for kind in kinds
    )
    return f"{text}\nmodels:\n{models}" if models else text


def _model(system: str, declared: SampledObject, kind: EntityKind) -> str:
    mapped = mapping(declared.inferred, kind)
    columns = "".join(f",\n    {target}='{source}'" for target, source in mapped.items())
    used = {source.strip('"').upper() for source in mapped.values()}
    rest = [name for c in declared.inferred.columns if (name := column_name(c.name)) not in used]
    remarks = [f"One row per record of {system}:{declared.name}, as given.", "The mapping is a guess: read it through."]
    remarks += [f"Not used: {', '.join(name.lower() for name in rest)}."] if rest else []
    return (
        "".join(f"{line}\n" for remark in remarks for line in _comment(remark))
        + f"{{{{ normalize_{kind}_from('{system}__{declared.name}'{columns}\n) }}}}\n"
    )


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 110, initial_indent="-- ", subsequent_indent="-- ", break_long_words=False)


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
