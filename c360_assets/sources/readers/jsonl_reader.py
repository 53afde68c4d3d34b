"""JSON lines: one object a line, values as text, nested values as JSON text.

Numbers keep their digits: they are never turned into floats, so a 30-digit id or 1.10 arrives as sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import orjson
import pyarrow as pa

from c360_assets.sources.errors import RejectedFile
from c360_assets.sources.readers.batches import BadRow, Batch, Limits, checked, raw_text
from c360_assets.sources.readers.lines import EncodingWatch, chunks
from c360_assets.sources.readers.opening import ByteSource

_OPTIONS = orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_SORT_KEYS


class _Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return result


def _constant(_: str) -> Any:
    raise ValueError("NaN and Infinity are not JSON")


_DECODE = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_Number, parse_float=_Number, parse_constant=_constant
).decode


def read_jsonl(
    source: ByteSource, json_columns: frozenset[str] = frozenset(), limits: Limits | None = None
) -> Iterator[Batch]:
    """The file's rows in batches; a batch has the columns that its own rows have.

    Raises:
        RejectedFile: the file as a whole is not JSON lines.
    """
    limits = limits or Limits()
    watch = EncodingWatch()
    for chunk in chunks(source, limits):
        if chunk.oversize:
            reason = f"line of more than {limits.record:,} bytes"
            yield Batch({}, pa.array([], pa.int64()), [BadRow(chunk.first_line, reason, raw_text(chunk.data))])
            continue
        if chunk.first_line == 1 and chunk.data.lstrip()[:1] == b"[":
            raise RejectedFile("the file is a JSON array; expected is one object a line, without brackets around them")
        rows: list[dict[str, Any]] = []
        lines: list[int] = []
        bad: list[BadRow] = []
        parts = chunk.data.split(b"\n")
        not_utf8 = 0
        for number, part in enumerate(parts, chunk.first_line):
            if not part or part.isspace():
                continue
            try:
                row = _DECODE(part.decode("utf-8").strip())
                if type(row) is not dict:
                    raise ValueError("is not a JSON object")
                if b"\\ud" in part or b"\\uD" in part:
                    _whole_characters(row)
            except (ValueError, RecursionError) as error:
                not_utf8 += isinstance(error, UnicodeDecodeError)
                bad.append(BadRow(number, _reason(error), raw_text(part)))
            else:
                rows.append(row)
                lines.append(number)
        watch.see(parts, not_utf8)
        yield checked(Batch(_columns(rows, json_columns), pa.array(lines, pa.int64()), bad), limits)
    watch.verdict()


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is not valid JSON: {error.msg} at character {error.pos + 1}"
    if isinstance(error, UnicodeEncodeError):
        return "holds half a character (a lone surrogate)"
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8"
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    return str(error)


def _whole_characters(row: dict[str, Any]) -> None:
    """Raise UnicodeEncodeError where a \\ud800-like escape has no partner: that is no text."""
    json.dumps(row, ensure_ascii=False).encode("utf-8")


def _columns(rows: list[dict[str, Any]], json_columns: frozenset[str]) -> dict[str, pa.Array]:
    names: dict[str, None] = {}
    for row in rows:
        if not row.keys() <= names.keys():
            names.update(dict.fromkeys(row))
    return {name: _column([row.get(name) for row in rows], name in json_columns) for name in names}


def _column(values: list[Any], as_json: bool) -> pa.Array:
    if as_json:
        return pa.array([None if v is None else _json(v) for v in values], pa.string())
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid, TypeError):
        return pa.array([v if v is None or isinstance(v, str) else _json(v) for v in values], pa.string())


def _json(value: Any) -> str:
    if type(value) is _Number:
        return str(value)
    if value is True:
        return "true"
    if value is False:
        return "false"
    return orjson.dumps(value, _number, _OPTIONS).decode()


def _number(value: Any) -> orjson.Fragment:
    if type(value) is not _Number:
        raise TypeError(f"no JSON value: {type(value).__name__}")
    return orjson.Fragment(str(value))
