"""What traces read once and keep: it stays as it is until somebody writes an event, as every run does."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from lineage.outbox import Session
from lineage.tracing.moment import Moment

_T = TypeVar("_T")
_MOST = 64


class Known:
    """Answers of one session, by question; the oldest makes room."""

    def __init__(self, state: Hashable) -> None:
        self.state = state
        self._answers: dict[Hashable, Any] = {}

    def get(self, question: Hashable, ask: Callable[[], _T]) -> _T:
        """What was answered before, or is now."""
        if question not in self._answers:
            answer = ask()
            while len(self._answers) >= _MOST:
                del self._answers[next(iter(self._answers))]
            self._answers[question] = answer
        found: _T = self._answers[question]
        return found


_sessions: WeakKeyDictionary[Session, Known] = WeakKeyDictionary()


def known_of(session: Session, moment: Moment) -> Known:
    """What this session knows, if nothing was written since."""
    found = _sessions.get(session)
    if found is None or found.state != moment.state:
        found = _sessions[session] = Known(moment.state)
    return found
