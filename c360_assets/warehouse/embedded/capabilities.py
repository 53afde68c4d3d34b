"""What the embedded engine repairs, simulates and refuses. `c360 doctor` prints it; the conformance suite tests it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["repaired", "simulated", "refused"]


@dataclass(frozen=True)
class Capability:
    """One thing that Snowflake does and what the embedded engine makes of it."""

    feature: str
    level: Level
    note: str


REPAIRED = {
    "NULL timestamps": "come back as NULL",
    "temporary tables and views": "by qualified name, seen by their session only, gone at its end",
    "MERGE": "one atomic statement; several source rows for one target row are error 100090",
    "DDL in a transaction": "commits the open transaction first",
    "PRIMARY KEY, UNIQUE, FOREIGN KEY": "declared, not enforced; NOT NULL is enforced",
    "CREATE OR REPLACE TABLE … CLONE": "copies the rows",
    "ALTER TABLE … ADD COLUMN a, b": "adds all of them, or none",
    "query tags": "kept per session, shown by SHOW PARAMETERS and INFORMATION_SCHEMA.QUERY_HISTORY()",
    "Python UDFs": "the same handler, run by this Python; scalar functions",
    "SQL UDFs": "scalar and tabular, inlined where they are called",
    "TRY_CAST, TRY_TO_TIMESTAMP, TRY_TO_DATE": "NULL for what cannot be read; formats are obeyed",
    "SUM of NUMBER": "exact",
    "COUNT_IF over no rows": "0",
    "OBJECT_AGG": "keys in order; over windows too",
    "FLATTEN": "PATH, OUTER and MODE are obeyed, elements in order",
    "VARIANT to text": "a string comes without quotes, and text becomes a VARIANT",
    "ARRAY functions": "take ARRAYs",
    "SPLIT_TO_TABLE, SOUNDEX": "present",
    "JAROWINKLER_SIMILARITY, OCTET_LENGTH": "whole hundredths, cut off; bytes of text",
    "COPY INTO": "a file that changed since it was loaded is loaded again",
    "errors": "answered at once as SQL errors, without row values",
    "concurrent writers": "a statement that meets another's change waits and tries again",
}

SIMULATED = {
    "roles, grants, secondary roles": "accepted without effect: one user, all rights",
    "CURRENT_ROLE(), CURRENT_WAREHOUSE() and their like": "name the one user and process there is",
    "warehouses, resource size, USE WAREHOUSE": "accepted without effect: one process does all the work",
    "tags, comments, clustering keys, TRANSIENT, SECURE": "accepted; no effect on data or access",
    "a failed statement in a transaction": "rolls the transaction back and says so (Snowflake keeps it open)",
    "HASH, HASH_AGG": "stable here, but other numbers than Snowflake's",
    "Python UDF packages and runtime version": "packages must be installed here; this Python runs the handler",
    "login": "creates the session's database and schema where they are missing",
    "EDITDISTANCE, JAROWINKLER_SIMILARITY": "beyond ASCII they count bytes where Snowflake counts characters",
    "VARCHAR lengths and collations": "declared, not enforced",
    "QUERY_HISTORY()": "the newest 10,000 statements since the engine started, without their text",
    "NUMBER(38, 0)": "64 bits: 18 digits; sums have 38",
    "timestamps": "microseconds; TIMESTAMP_LTZ and session time zone are UTC",
}

REFUSED_OBJECTS = {
    "STREAM": "streams",
    "TASK": "tasks",
    "DYNAMIC TABLE": "dynamic tables",
    "MATERIALIZED VIEW": "materialized views",
    "EXTERNAL TABLE": "external tables",
    "ICEBERG TABLE": "Iceberg tables",
    "HYBRID TABLE": "hybrid tables",
    "EVENT TABLE": "event tables",
    "INTERACTIVE TABLE": "interactive tables",
    "MASKING POLICY": "masking policies",
    "ROW ACCESS POLICY": "row access policies",
    "AGGREGATION POLICY": "aggregation policies",
    "PROJECTION POLICY": "projection policies",
    "NETWORK POLICY": "network policies",
    "NETWORK RULE": "network rules",
    "PASSWORD POLICY": "password policies",
    "SESSION POLICY": "session policies",
    "RESOURCE MONITOR": "resource monitors",
    "PROCEDURE": "stored procedures",
    "EXTERNAL FUNCTION": "external functions",
    "PIPE": "pipes",
    "ALERT": "alerts",
    "SHARE": "shares",
    "SECRET": "secrets",
    "STORAGE INTEGRATION": "integrations",
    "NOTIFICATION INTEGRATION": "integrations",
    "SECURITY INTEGRATION": "integrations",
    "API INTEGRATION": "integrations",
    "EXTERNAL ACCESS INTEGRATION": "integrations",
    "DATABASE ROLE": "database roles",
    "APPLICATION": "applications",
    "MODEL": "models",
    "SERVICE": "services",
    "SEMANTIC VIEW": "semantic views",
}

REFUSED_STATEMENTS = [
    (r"^UNDROP\b", "Time Travel (UNDROP)"),
    (r"^CALL\b", "stored procedures (CALL)"),
    (r"^DECLARE\b", "Snowflake Scripting"),
    (r"^BEGIN (?!TRANSACTION\b|WORK\b|NAME\b)\S", "Snowflake Scripting"),
    (r"^(LET|FOR|WHILE|REPEAT|LOOP|IF) ", "Snowflake Scripting"),
    (r"^EXECUTE\b", "EXECUTE IMMEDIATE and EXECUTE TASK"),
    (r"^INSERT (ALL|FIRST|OVERWRITE (ALL|FIRST))\b", "multi-table INSERT"),
    (r"^GET @|^GET ''", "downloading from a stage with GET"),
    (r"^ALTER TABLE .* SWAP WITH\b", "ALTER TABLE … SWAP WITH"),
    (r"^ALTER (TABLE|VIEW) .*\bSEARCH OPTIMIZATION\b", "search optimization"),
]


def capabilities() -> list[Capability]:
    """Every repair, simulation and refusal, in that order."""
    refused = dict.fromkeys([*REFUSED_OBJECTS.values(), *(feature for _, feature in REFUSED_STATEMENTS)])
    others = (
        "Time Travel (AT, BEFORE)",
        "change tracking (CHANGES) and Time Travel",
        "external stages (CREATE STAGE … URL)",
        "unloading with COPY INTO a location",
        "MATCH_RECOGNIZE",
        "functions in Java, JavaScript and Scala",
        "Python table and aggregate functions",
    )
    refused |= dict.fromkeys(others)
    note = "refused by name; on a Snowflake account it works"
    return [
        *(Capability(f, "repaired", n) for f, n in REPAIRED.items()),
        *(Capability(f, "simulated", n) for f, n in SIMULATED.items()),
        *(Capability(f, "refused", note) for f in refused),
    ]
