"""What traces remember holds until somebody writes an event, and for one session alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lineage.tracing.known import known_of
from lineage.tracing.moment import NOW, Moment

DAY = datetime(2026, 1, 1)


class Session:
    """Nothing is asked of it."""

    def execute(self, sql: str, params: Any = None) -> Any:
        raise AssertionError(sql)

    def rows(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        raise AssertionError(sql)


def at(events: int) -> Moment:
    return Moment(NOW, "run", DAY, DAY, (events, DAY))


def test_an_answer_is_asked_for_once_while_nothing_is_written() -> None:
    session, asked = Session(), []

    def ask() -> str:
        asked.append("rules")
        return f"rules {len(asked)}"

    assert [known_of(session, at(1)).get("rules", ask) for _ in range(3)] == ["rules 1"] * 3
    assert known_of(session, at(2)).get("rules", ask) == "rules 2", "an event was written since"
    assert known_of(Session(), at(2)).get("rules", ask) == "rules 3", "another session knows nothing of it"


def test_no_answer_is_remembered_as_one_and_the_oldest_make_room() -> None:
    known, asked = known_of(Session(), at(1)), []
    for question in (*range(100), 99, 0):
        assert known.get(question, lambda question=question: asked.append(question)) is None
    assert asked == [*range(100), 0]
