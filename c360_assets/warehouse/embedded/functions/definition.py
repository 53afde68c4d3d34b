"""Read a CREATE FUNCTION statement into one value object.

Source: Snowflake documentation, "CREATE FUNCTION" and "Creating Python UDFs".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import metadata

from packaging.requirements import InvalidRequirement, Requirement
from sqlglot import exp, parse_one, tokenize
from sqlglot.tokens import Token, TokenType

from c360_assets.warehouse.embedded.errors import refused, sql_error

Key = tuple[str, str, str]
"""Database, schema and name of an object, as Snowflake stores them (upper case unless quoted)."""


@dataclass(frozen=True)
class Argument:
    """One argument: its name, its Snowflake type and the SQL of its default."""

    name: str
    type: exp.DataType
    default: exp.Expr | None = None


@dataclass(frozen=True)
class Function:
    """A function as declared."""

    key: Key
    arguments: tuple[Argument, ...]
    returns: exp.DataType | None
    columns: tuple[Argument, ...]
    language: str
    body: str
    handler: str
    immutable: bool
    strict: bool
    comment: str
    packages: tuple[str, ...] = field(default=())

    @property
    def is_table(self) -> bool:
        """True for RETURNS TABLE (…)."""
        return bool(self.columns)

    @property
    def qualified_name(self) -> str:
        """DATABASE.SCHEMA.NAME."""
        return ".".join(self.key)

    @property
    def required(self) -> int:
        """How many arguments a call must give."""
        return sum(a.default is None for a in self.arguments)

    @property
    def signature(self) -> str:
        """As SHOW FUNCTIONS prints it: NAME(TYPE, …) RETURN TYPE."""
        types = ", ".join(_type_name(a.type) for a in self.arguments)
        returned = _type_name(self.returns) if self.returns else "TABLE"
        return f"{self.key[2]}({types}) RETURN {returned}"


def _type_name(data_type: exp.DataType) -> str:
    name = data_type.this.value.upper()
    return {"DECIMAL": "NUMBER", "TEXT": "VARCHAR", "DOUBLE": "FLOAT", "TIMESTAMPNTZ": "TIMESTAMP_NTZ"}.get(name, name)


def is_create_function(tokens: list[Token]) -> bool:
    """True if the statement creates a function."""
    words = [t.text.upper() for t in tokens[:7]]
    return words[:1] == ["CREATE"] and "FUNCTION" in words


def parse_function(sql: str, database: str | None, schema: str | None) -> tuple[Function, bool, bool]:
    """The function that `sql` creates, and whether it says OR REPLACE and IF NOT EXISTS.

    Raises:
        ProgrammingError: the statement is not valid, or asks for something this engine does not do.
    """
    create = parse_one(_plain_header(sql), read="snowflake")
    if not isinstance(create, exp.Create) or not isinstance(create.this, exp.UserDefinedFunction):
        raise sql_error("SQL compilation error:\nsyntax error in CREATE FUNCTION.", 1003, "42000")
    udf = create.this
    properties = create.args["properties"].expressions if create.args.get("properties") else []
    options = {p.this.name.upper(): p.args["value"] for p in properties if type(p) is exp.Property}
    language = next((p.this.name for p in properties if isinstance(p, exp.LanguageProperty)), "SQL").upper()
    returned = next((p.this for p in properties if isinstance(p, exp.ReturnsProperty)), None)
    columns: tuple[Argument, ...] = ()
    if isinstance(returned, exp.Schema):
        columns = tuple(Argument(_fold(c.this), c.kind) for c in returned.expressions)
        returned = None
    _check_language(language, options, is_table=bool(columns))
    handler = next((p.this.name for p in properties if isinstance(p, exp.HandlerProperty)), "")
    if language == "PYTHON" and not handler:
        raise sql_error("SQL compilation error:\nHANDLER is missing in CREATE FUNCTION.", 2235, "42601")
    if create.expression is None:
        raise sql_error("SQL compilation error:\nCREATE FUNCTION has no body (AS …).", 1003, "42000")
    stability = {p.this.name.upper() for p in properties if isinstance(p, exp.StabilityProperty)}
    function = Function(
        key=qualify(udf.this, database, schema),
        arguments=tuple(Argument(_fold(a.this), a.kind, _default(a)) for a in udf.expressions),
        returns=returned,
        columns=columns,
        language=language,
        body=create.expression.name,
        handler=handler,
        immutable="IMMUTABLE" in stability,
        strict=any(isinstance(p, exp.StrictProperty) for p in properties),
        comment=next((p.this.name for p in properties if isinstance(p, exp.SchemaCommentProperty)), ""),
        packages=_packages(options.get("PACKAGES")),
    )
    return function, bool(create.args.get("replace")), bool(create.args.get("exists"))


def qualify(table: exp.Table, database: str | None, schema: str | None) -> Key:
    """Full key of a possibly unqualified name.

    Raises:
        ProgrammingError: the session has no current database or schema to complete it.
    """
    catalog = _fold(table.args["catalog"]) if table.args.get("catalog") else database
    db = _fold(table.args["db"]) if table.args.get("db") else schema
    if not catalog or not db:
        raise sql_error(
            "This session does not have a current database and schema. Call 'USE SCHEMA', or use a qualified name.",
            90106,
            "22000",
        )
    return catalog, db, _fold(table.this)


def _fold(identifier: exp.Expr) -> str:
    quoted = isinstance(identifier, exp.Identifier) and identifier.quoted
    return identifier.name if quoted else identifier.name.upper()


def _default(column: exp.ColumnDef) -> exp.Expr | None:
    for constraint in column.args.get("constraints") or []:
        if isinstance(constraint.kind, exp.DefaultColumnConstraint):
            return constraint.kind.this
    return None


def _packages(value: exp.Expr | None) -> tuple[str, ...]:
    return tuple(literal.name for literal in value.find_all(exp.Literal)) if value else ()


def _check_language(language: str, options: dict[str, exp.Expr], *, is_table: bool) -> None:
    if language not in ("PYTHON", "SQL"):
        raise refused(f"functions in language {language}")
    if language == "PYTHON" and is_table:
        raise refused("Python table functions (RETURNS TABLE with LANGUAGE PYTHON)")
    for name, feature in (
        ("IMPORTS", "functions with IMPORTS from a stage"),
        ("EXTERNAL_ACCESS_INTEGRATIONS", "external access integrations"),
        ("SECRETS", "secrets"),
    ):
        if name in options:
            raise refused(feature)


def check_packages(packages: tuple[str, ...]) -> None:
    """Refuse packages that this Python environment does not hold in a fitting version.

    Raises:
        ProgrammingError: a package is missing, as Snowflake answers for an unknown package.
    """
    for text in packages:
        try:
            # Snowflake also takes the single '=' of conda.
            requirement = Requirement(
                text.replace("==", "=").replace("=", "==")
                if "=" in text and not {"<", ">", "!", "~"} & set(text)
                else text
            )
            version = metadata.version(requirement.name)
        except (InvalidRequirement, metadata.PackageNotFoundError):
            version = None
        if version is None or version not in requirement.specifier:
            held = f"; this environment holds {version}" if version else "; it is not installed here"
            raise sql_error(
                f"SQL compilation error:\nCannot create a Python function with the specified packages: {text}{held}.",
                391546,
                "42601",
            )


def _plain_header(sql: str) -> str:
    """The statement without header words that sqlglot does not read and that change nothing here."""
    tokens = tokenize(sql, read="snowflake")
    words = [t.text.upper() for t in tokens]
    cuts: list[tuple[int, int, str]] = []
    end = next((i for i, t in enumerate(tokens) if t.token_type == TokenType.ALIAS and _is_text(tokens, i + 1)), 0)
    returns = words.index("RETURNS") if "RETURNS" in words[:end] else end
    i = 0
    while i < end:
        if words[i : i + 5] == ["RETURNS", "NULL", "ON", "NULL", "INPUT"]:
            cuts.append((tokens[i].start, tokens[i + 4].end, "STRICT"))
            i += 5
        elif words[i : i + 2] == ["NOT", "NULL"]:
            cuts.append((tokens[i].start, tokens[i + 1].end, ""))
            i += 2
        elif words[i] in ("SECURE", "MEMOIZABLE", "TEMPORARY", "TEMP") and (i < 5 or i > returns):
            if words[i].startswith("TEMP"):
                raise refused("temporary functions")
            cuts.append((tokens[i].start, tokens[i].end, ""))
            i += 1
        elif words[i] == "AGGREGATE" and i < 5:
            raise refused("user-defined aggregate functions")
        else:
            i += 1
    for start, stop, text in reversed(cuts):
        sql = sql[:start] + text + sql[stop + 1 :]
    return sql


def _is_text(tokens: list[Token], i: int) -> bool:
    return i < len(tokens) and tokens[i].token_type in (
        TokenType.STRING,
        TokenType.RAW_STRING,
        TokenType.HEREDOC_STRING,
    )
