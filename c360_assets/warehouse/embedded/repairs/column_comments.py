"""ALTER TABLE or VIEW … ALTER c COMMENT '…', d COMMENT '…'. Source: Snowflake documentation, "ALTER TABLE".

dbt writes column descriptions this way (persist_docs).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.tokens import Token, TokenType

from c360_assets.warehouse.embedded.functions.definition import qualify
from c360_assets.warehouse.embedded.reply import Reply, status

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session
    from c360_assets.warehouse.embedded.statement import Statement


def answer(statement: Statement, session: Session) -> Reply | None:
    """Keep the comments with DuckDB's columns."""
    words, tokens = statement.words, statement.tokens
    if words[0] != "ALTER" or words[1:2] not in (["TABLE"], ["VIEW"]) or "COMMENT" not in words:
        return None
    i = 4 if words[2:4] == ["IF", "EXISTS"] else 2
    name: list[exp.Identifier] = []
    while i < len(words) and words[i] not in ("ALTER", "MODIFY"):
        if words[i] != ".":
            name.append(_identifier(tokens[i]))
        i += 1
    comments = _comments(words[i + 1 :], tokens[i + 1 :])
    if not comments or len(name) > 3:
        return None
    session.commit_open_transaction()
    parts = dict(zip(("this", "db", "catalog"), reversed(name), strict=False))
    key = qualify(exp.Table(**parts), session.database, session.schema)
    place = ["temp", "main", session.temporary[key]] if key in session.temporary else list(key)
    for column, text in comments:
        path = ".".join(exp.to_identifier(p, quoted=True).sql("duckdb") for p in (*place, column))
        session._duck_conn.execute(f"comment on column {path} is {exp.Literal.string(text).sql('duckdb')}")
    return status()


def _comments(words: list[str], tokens: list[Token]) -> list[tuple[str, str]]:
    found, i = [], 0
    while i < len(words):
        if words[i] in (",", "(", ")", "COLUMN", "ALTER", "MODIFY"):
            i += 1
        elif words[i + 1 : i + 2] == ["COMMENT"] and i + 2 < len(words):
            found.append((_identifier(tokens[i]).name, tokens[i + 2].text))
            i += 3
        else:
            return []
    return found


def _identifier(token: Token) -> exp.Identifier:
    quoted = token.token_type == TokenType.IDENTIFIER
    return exp.to_identifier(token.text if quoted else token.text.upper(), quoted=True)
