"""What is true of a company at a moment, by brute force: from extracts, delivered files and what people decided.

Shares no code with tracing or verification, and reads nothing that was written for them.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from survivorship_oracle import winners

from c360_assets.warehouse import Warehouse

Row = dict[str, Any]
_STRICT = {"denied": 4, "withdrawn": 3, "unknown": 2, "expired": 1, "granted": 0}


class Extracts:
    """Every extract that ever lay in the landing zone, by its hash; the zone's own files are written over."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[str, bytes]] = {}
        self._lines: dict[str, dict[int, Row]] = {}

    def keep(self, landing: Path) -> None:
        """Take in what lies there now."""
        for file in landing.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                name = file.relative_to(landing).as_posix()
                self._files[hashlib.sha256(content).hexdigest()] = (name, content)

    def row(self, file_sha256: str, name: str, line: int) -> Row:
        """Column -> what the line says; the file must be of that name."""
        if file_sha256 not in self._lines:
            kept_name, content = self._files[file_sha256]
            assert kept_name == name
            self._lines[file_sha256] = _lines(name, content)
        return self._lines[file_sha256][line]


def _lines(name: str, content: bytes) -> dict[int, Row]:
    """Rows by the line on which they begin, Parquet's by their number."""
    if name.endswith(".parquet"):
        found = dict(enumerate(pq.read_table(io.BytesIO(content)).to_pylist(), 1))
    else:
        text = (gzip.decompress(content) if name.endswith(".gz") else content).decode()
        if ".csv" in name:
            reader, found = csv.reader(io.StringIO(text)), {}
            heads = next(reader)
            before = reader.line_num
            for cells in reader:
                found[before + 1] = dict(zip(heads, cells, strict=True))
                before = reader.line_num
        else:
            found = {number: json.loads(line) for number, line in enumerate(text.splitlines(), 1) if line.strip()}
    return {number: {_column(key): value for key, value in row.items()} for number, row in found.items()}


def _column(vendor: str) -> str:
    return re.sub(r"\W", "_", vendor.upper())


def says_the_same(cell: Any, told: Any) -> bool:
    """Whether a cell of a file and the text that a trace tells of it are one value, however it is written."""
    if cell in (None, "") or told in (None, ""):
        return cell in (None, "") and told in (None, "")
    if isinstance(cell, (dict, list)):
        return cell == json.loads(told)
    for read in (str, lambda v: str(v).strip().lower(), float, _time):
        try:
            if read(cell) == read(told):
                return True
        except (ValueError, TypeError, OverflowError):
            continue  # not a value of this kind
    return False


def _time(value: Any) -> datetime:
    if isinstance(value, (int, float)) or str(value).isdigit():
        number = float(value)
        return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("+0000", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def delivered_rows(outbox: dict[str, bytes]) -> dict[tuple[str, str], list[Row]]:
    """(destination, file name) -> the rows that the destination was given."""
    found = {}
    for path, content in outbox.items():
        destination, name = path.split("/")
        if name.endswith(".parquet"):
            rows = pq.read_table(io.BytesIO(content)).to_pylist()
        elif name.endswith(".jsonl"):
            rows = [json.loads(line) for line in content.decode().splitlines()]
        else:
            rows = list(csv.DictReader(io.StringIO(content.decode())))
        found[destination, name] = rows
    return found


@dataclass
class Truth:
    """A company at the moment of a run's end."""

    at: datetime
    """The start of that run: what it wrote carries this time."""
    members: dict[str, set[str]] = field(default_factory=dict)
    fields: dict[str, dict[str, tuple[str, Any, dict[str, str]]]] = field(default_factory=dict)
    """Profile -> field -> winning record, value, losing record -> why."""
    consents: dict[str, dict[tuple[str, str, str], tuple[str, str]]] = field(default_factory=dict)
    """Profile -> (purpose, channel, region) -> state, the fact that says so."""
    edges: dict[str, set[tuple[str, str, str]]] = field(default_factory=dict)
    """Profile -> (record, record, rule) of the matches inside it."""
    relations: dict[str, set[tuple[str, str, datetime | None, datetime | None]]] = field(default_factory=dict)
    """Profile -> (type, what is at the other end, since, until) of what it is related to, either way."""


def named(session: Warehouse, sql: str) -> list[Row]:
    """Rows by column, in lower case."""
    cursor = session.execute(sql)
    names = [column[0].lower() for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def truth_of(session: Warehouse) -> Truth:
    """What is true now."""
    found = Truth(session.scalar("select max(started_at) from LINEAGE.RUN"))
    for profile, key in session.rows("select profile_id, record_key from MATCH_CLUSTER.CLUSTER"):
        found.members.setdefault(profile, set()).add(key)
    records: dict[str, Row] = {}
    for kind in ("PERSON", "ORGANIZATION"):
        records |= {row["record_key"]: row for row in named(session, f"select * from NORMALIZED_RECORD.{kind}")}
    for profile, keys in found.members.items():
        kind = "person" if profile.startswith("per_") else "organization"
        decided = winners(kind, [records[key] for key in sorted(keys)])
        found.fields[profile] = {name: each for name, each in decided.items() if each[1] not in (None, "")}
    profile_of = {key: profile for profile, keys in found.members.items() for key in keys}
    for left, right, rule in session.rows(
        "select record_key_l, record_key_r, rule from MATCH_CLUSTER.MATCH_EDGE where decision = 'match'"
    ):
        if profile_of.get(left, "?") == profile_of.get(right, "!"):
            found.edges.setdefault(profile_of[left], set()).add((left, right, rule))
    for kind, start, to_kind, end, since, until in session.rows(
        "select relation_type, from_profile_id, to_kind, to_id, valid_from, valid_to from MATCH_CLUSTER.RELATION"
    ):
        found.relations.setdefault(start, set()).add((kind, end, since, until))
        if to_kind == "profile":
            found.relations.setdefault(end, set()).add((kind, start, since, until))
    found.consents = _consents(session, profile_of, found.at)
    return found


def _consents(
    session: Warehouse, profile_of: dict[str, str], at: datetime
) -> dict[str, dict[tuple[str, str, str], tuple[str, str]]]:
    """Of every voice its last word, and of all voices the strictest; who shares an address agrees for nobody."""
    speakers = defaultdict(set)
    for row in named(session, 'select * from NORMALIZED_RECORD."IDENTIFIER"'):
        if row["entity_kind"] == "person":
            shared = bool(row["is_shared"]) or not row["is_valid"]
            speakers[row["identifier_type"], row["value_canonical"]].add((profile_of[row["record_key"]], shared))
    words: dict[str, dict[tuple[str, str, str], dict[Any, list[Any]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for fact in named(session, "select * from NORMALIZED_RECORD.CONSENT_EVENT"):
        heard = set(speakers[fact["subject_type"], fact["subject_value_canonical"]])
        if fact["record_key"] in profile_of:
            heard.add((profile_of[fact["record_key"]], False))
        state = fact["status"] if fact["status"] in _STRICT else "unknown"
        if state == "granted" and fact["expires_at"] is not None and fact["expires_at"] <= at:
            state = "expired"
        for profile in {profile for profile, _ in heard if profile.startswith("per_")}:
            if fact["status"] == "granted" and all(shared for who, shared in heard if who == profile):
                continue
            place = (fact["purpose"], fact["channel"], fact["region"] or "ALL")
            voice = (fact["source_system"], fact["subject_type"], fact["subject_value_canonical"], fact["brand"])
            said = (fact["occurred_at"], _STRICT[state], fact["fact_key"], state)
            words[profile][place][voice].append(said)
    found: dict[str, dict[tuple[str, str, str], tuple[str, str]]] = {}
    for profile, places in words.items():
        for place, voices in places.items():
            last = [max(said) for said in voices.values()]
            _, _, fact_key, state = max(last, key=lambda said: (said[1], said[0], said[2]))
            found.setdefault(profile, {})[place] = (state, fact_key)
    return found
