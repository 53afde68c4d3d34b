"""Reads the declarations; an error names the file, the key's path, what is wrong and what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from c360_assets.sources.declaration import SourceSystem
from c360_assets.sources.errors import SourceError


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML where a key that stands twice is an error; PyYAML takes the last one in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def load_declarations(defs_dir: Path) -> list[SourceSystem]:
    """All sources declared in <defs_dir>/<system>/defs.yaml, by system name.

    Raises:
        SourceError: a file is not YAML, or a declaration is not right.
    """
    files = sorted(defs_dir.glob("*/defs.yaml"))
    if not files:
        raise SourceError(
            f"{defs_dir}: no source is declared. A source is a folder with a defs.yaml; "
            "`c360 new source NAME --from DIR` writes one."
        )
    systems = [load_declaration(file) for file in files]
    places: dict[str, Path] = {}
    for file, system in zip(files, systems, strict=True):
        if system.system in places:
            raise SourceError(f"{file}: system {system.system!r} is declared in {places[system.system]} already.")
        places[system.system] = file
    return sorted(systems, key=lambda s: s.system)


def load_declaration(file: Path) -> SourceSystem:
    """The source that one defs.yaml declares.

    Raises:
        SourceError: as load_declarations.
    """
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), _UniqueKeyLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceError(f"{file}: is not readable YAML: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("attributes"), dict):
        raise SourceError(f"{file}: needs `type: c360_assets.components.SourceSystem` and `attributes:` below it.")
    return declared_system(content["attributes"], str(file))


def declared_system(attributes: Mapping[str, Any], origin: str) -> SourceSystem:
    """A source from its attributes; `origin` is named in errors.

    Raises:
        SourceError: an attribute is missing, unknown or wrong.
    """
    try:
        return SourceSystem.model_validate(dict(attributes))
    except ValidationError as error:
        lines = [f"{origin}: {_where(e['loc'], attributes)}: {_what(e)}" for e in error.errors()]
        raise SourceError("\n".join(lines)) from error


def _where(loc: tuple[int | str, ...], attributes: Mapping[str, Any]) -> str:
    """The path as a reader of the file sees it: objects by their names, not by their numbers."""
    path, value = ["attributes"], attributes
    for step in loc:
        try:
            value = value[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            value = {}
        named = isinstance(step, int) and isinstance(value, dict) and value.get("name")
        path.append(f"[{value['name'] if named else step}]" if isinstance(step, int) else f".{step}")
    return "".join(path)


def _what(error: Any) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return "is missing; add it"
    if kind == "extra_forbidden":
        return "is not a known key; remove it or mend its spelling"
    if kind == "literal_error":
        return f"{error['input']!r} is not possible; use {context.get('expected')}"
    return str(error["msg"]).removeprefix("Value error, ")
