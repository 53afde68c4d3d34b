"""Read the text of a statement once: session variables put in, tokens, words, kind and syntax tree."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakesnow import statement_type
from sqlglot import Dialect, exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokens import Token, TokenType

from c360_assets.warehouse.embedded.errors import sql_error, syntax_error
from c360_assets.warehouse.embedded.repairs.grants import is_simulated
from c360_assets.warehouse.embedded.repairs.refusals import refuse_text

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

_SNOWFLAKE = Dialect.get_or_raise("snowflake")
_TEXTS = (TokenType.STRING, TokenType.RAW_STRING, TokenType.HEREDOC_STRING, TokenType.NATIONAL_STRING)


@dataclass
class Statement:
    """One statement. `words` are its tokens in upper case with every text literal blanked."""

    sql: str
    tokens: list[Token]
    words: list[str]
    expression: exp.Expr
    type_id: int

    def again(self) -> Statement:
        """The same with a fresh tree: translating changes the tree."""
        return Statement(self.sql, self.tokens, self.words, _parse(self.sql, self.tokens), self.type_id)

    def starts(self, *words: str) -> bool:
        """True if the statement begins with these words."""
        return tuple(self.words[: len(words)]) == words


def read_statement(text: str, session: Session) -> Statement:
    """Read one statement.

    Raises:
        ProgrammingError: a syntax error, several statements, or something that this engine refuses.
    """
    sql, tokens = _with_variables(text, _tokens(text), session)
    words = ["''" if t.token_type in _TEXTS else t.text.upper() for t in tokens]
    while words and words[-1] == ";":
        words.pop()
        tokens = tokens[:-1]
    if not words:
        raise sql_error("SQL compilation error:\nEmpty SQL statement.", 900, "42601")
    refuse_text(words)
    sql, tokens = _with_quoted_identifier(sql, tokens)
    if is_simulated(words) or (words[0] == "CREATE" and "FUNCTION" in words[:7]):
        # Answered from the words, or read by functions/definition.py; a tree is of no use here.
        command = exp.Command(this=words[0], expression="")
        return Statement(sql, tokens, words, command, statement_type.DDL)
    expression = _parse(sql, tokens)
    return Statement(sql, tokens, words, expression, statement_type.statement_type_id(expression))


def _tokens(sql: str) -> list[Token]:
    try:
        return list(_SNOWFLAKE.tokenize(sql))
    except TokenError as error:
        raise syntax_error(error) from None


def _parse(sql: str, tokens: list[Token]) -> exp.Expr:
    try:
        parsed = [e for e in _SNOWFLAKE.parser().parse(tokens, sql) if e and not isinstance(e, exp.Semicolon)]
    except ParseError as error:
        raise syntax_error(error) from None
    if len(parsed) != 1:
        raise sql_error(
            f"Actual statement count {len(parsed)} did not match the desired statement count 1.", 8, "0A000"
        )
    for node in parsed[0].walk():
        # Where each name stood in the text: nobody asks, and it makes up half of what every copy of the tree costs.
        node._meta = None
    return parsed[0]


def _with_quoted_identifier(sql: str, tokens: list[Token]) -> tuple[str, list[Token]]:
    """A table may be called IDENTIFIER; after a dot it is no call of the function of that name."""
    if ".identifier" not in sql.lower().replace(" ", ""):
        return sql, tokens
    places = [
        token
        for before, token in itertools.pairwise(tokens)
        if before.text == "." and token.text.upper() == "IDENTIFIER" and token.token_type != TokenType.IDENTIFIER
    ]
    for token in reversed(places):
        sql = f'{sql[: token.start]}"IDENTIFIER"{sql[token.end + 1 :]}'
    return sql, _tokens(sql) if places else tokens


def _with_variables(sql: str, tokens: list[Token], session: Session) -> tuple[str, list[Token]]:
    """Put the values of session variables ($name) in; `$` inside text is left alone, as on Snowflake."""
    if "$" not in sql:
        return sql, tokens
    values = {name.upper(): value for name, value in session.variables._variables.items()}
    found = False
    for mark, name in reversed(list(itertools.pairwise(tokens))):
        if mark.token_type != TokenType.PARAMETER or mark.text != "$" or name.start != mark.end + 1:
            continue
        if not (name.text[:1].isalpha() or name.text[:1] == "_"):
            continue
        if name.text.upper() not in values:
            raise sql_error(
                f"SQL compilation error:\nSession variable '${name.text.upper()}' does not exist",
                2211,
                "02000",
            )
        sql = f"{sql[: mark.start]}{values[name.text.upper()]}{sql[name.end + 1 :]}"
        found = True
    return sql, _tokens(sql) if found else tokens
