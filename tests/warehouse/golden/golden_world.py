"""A small world in the shapes of NORMALIZED_RECORD and MATCH_CLUSTER, made at random from a seed, and dbt over it."""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from typing import Any

from c360_assets.activation import load_destinations
from c360_assets.activation.suppression import Suppression
from c360_assets.dbt_project import invoke
from c360_assets.identity.hierarchy import build_hierarchy, hierarchy_statements
from c360_assets.identity.tables import TABLES as STAGE_TABLES
from c360_assets.identity.tables import step_schema
from c360_assets.run import Run
from c360_assets.settings import Settings
from c360_assets.warehouse import Warehouse

FIRST_RUN = datetime(2026, 3, 10, 9)
SECOND_RUN = datetime(2026, 3, 11, 9)
Row = dict[str, Any]

_RECORD = (
    "record_key varchar, source_system varchar, source_object varchar, source_record_id varchar, snapshot_id varchar,"
    " row_hash varchar, observed_at timestamp_ntz, source_updated_at timestamp_ntz, is_deleted boolean,"
    " is_active boolean, email varchar, email_is_valid boolean, email_is_shared boolean, phone varchar,"
    " phone_is_valid boolean, phone_is_shared boolean, street varchar, city varchar, region varchar, postcode varchar,"
    " country varchar, tax_id varchar, lifecycle_stage varchar, account_owner varchar, brand varchar,"
    " sales_region varchar, created_at timestamp_ntz, changed_at timestamp_ntz"
)
_FACT = (
    "fact_key varchar, record_key varchar, source_system varchar, occurred_at timestamp_ntz, changed_at timestamp_ntz"
)
TABLES = {
    "NORMALIZED_RECORD.PERSON": f"{_RECORD}, full_name varchar, given_name varchar, middle_name varchar,"
    " family_name varchar, date_of_birth date, gender varchar, language varchar, job_title varchar,"
    " organization_name varchar",
    "NORMALIZED_RECORD.ORGANIZATION": f"{_RECORD}, name varchar, legal_name varchar, previous_names varchar,"
    " domain varchar, domain_is_shared boolean, website varchar, tax_id_is_valid boolean, registration_id varchar,"
    " industry varchar, employee_count number(38, 0), annual_revenue float, customer_segment varchar,"
    " payment_terms varchar, currency varchar, plan varchar",
    'NORMALIZED_RECORD."IDENTIFIER"': "record_key varchar, entity_kind varchar, identifier_type varchar,"
    " value_canonical varchar, is_valid boolean, is_shared boolean, changed_at timestamp_ntz",
    "NORMALIZED_RECORD.OPPORTUNITY": f"{_FACT}, amount float, close_date date, is_closed boolean, is_won boolean,"
    " is_deleted boolean",
    "NORMALIZED_RECORD.TRANSACTION": f"{_FACT}, kind varchar, amount float, amount_open float, status varchar,"
    " due_date date, is_deleted boolean",
    "NORMALIZED_RECORD.SUBSCRIPTION": f"{_FACT}, plan varchar, monthly_amount float, current_period_end timestamp_ntz,"
    " cancel_at_period_end boolean, is_active boolean, is_deleted boolean",
    "NORMALIZED_RECORD.TICKET": f"{_FACT}, person_record_key varchar, organization_record_key varchar, status varchar,"
    " satisfaction varchar, is_deleted boolean",
    "NORMALIZED_RECORD.USAGE": f"{_FACT}, events number(38, 0), active_users number(38, 0)",
    "NORMALIZED_RECORD.FEATURE_ADOPTION": f"{_FACT}, feature varchar, active_users number(38, 0), adoption_rate float,"
    " is_deleted boolean",
    "NORMALIZED_RECORD.ENGAGEMENT": f"{_FACT}, kind varchar, campaign varchar",
    "NORMALIZED_RECORD.CONSENT_EVENT": f"{_FACT}, subject_type varchar, subject_value_canonical varchar,"
    " purpose varchar, channel varchar, status varchar, legal_basis varchar, region varchar, brand varchar,"
    " expires_at timestamp_ntz",
    "MATCH_CLUSTER.CLUSTER": "record_key varchar, entity_kind varchar, profile_id varchar, cluster_size number(38, 0),"
    " match_confidence float, changed_at timestamp_ntz",
    "MATCH_CLUSTER.MATCH_EDGE": "entity_kind varchar, record_key_l varchar, record_key_r varchar, rule varchar,"
    " match_weight float, match_probability float, decision varchar, evidence variant, model_version varchar,"
    " run_id varchar, compared_at timestamp_ntz",
    "MATCH_CLUSTER.RELATION": "from_profile_id varchar, relation_type varchar, to_kind varchar, to_id varchar,"
    " valid_from timestamp_ntz, valid_to timestamp_ntz",
}
_SYSTEMS = {
    "person": ["salesforce:contact", "stripe:customer", "zendesk:user", "hubspot:contact", "shopify:customer"],
    "organization": ["salesforce:account", "netsuite:customer", "stripe:customer", "zendesk:organization",
                     "enrichment:company"],
}  # fmt: skip


def profile_id(kind: str, number: int) -> str:
    """A profile id of the right form."""
    return f"{kind[:3]}_{number:020x}"


class World:
    """Rows per table. Change them, then `load` again."""

    def __init__(self, seed: int, people: int = 40, organizations: int = 30) -> None:
        self.random = random.Random(seed)
        self.tables: dict[str, list[Row]] = {table: [] for table in TABLES}
        self.number = 0
        for kind, profiles in (("person", people), ("organization", organizations)):
            for index in range(profiles):
                for _ in range(self.random.choice([1, 1, 2, 3, 5])):
                    self.add_record(kind, profile_id(kind, index))
        self.add_facts()

    def records(self, kind: str) -> list[Row]:
        """The records of a kind."""
        return self.tables[f"NORMALIZED_RECORD.{kind.upper()}"]

    @property
    def clusters(self) -> list[Row]:
        """The clusters' rows."""
        return self.tables["MATCH_CLUSTER.CLUSTER"]

    def maybe(self, *values: Any) -> Any:
        """One of the values, or nothing."""
        return self.random.choice([None, *values])

    def add_record(self, kind: str, profile: str) -> Row:
        """One more record of a profile, with few different values, so that they agree, contradict and tie."""
        self.number += 1
        pick, flag = self.random.choice, lambda share=0.8: self.random.random() < share
        system_object = pick(_SYSTEMS[kind])
        row: Row = {
            "record_key": f"{system_object}:{self.number:04d}",
            "source_system": system_object.split(":")[0],
            "source_object": system_object.split(":")[1],
            "source_record_id": f"{self.number:04d}",
            "snapshot_id": "0" * 16,
            "row_hash": str(self.number),
            "observed_at": datetime(2026, 3, 1) + timedelta(hours=self.random.randrange(5)),
            "source_updated_at": datetime(2026, 2, 1) + timedelta(days=self.random.randrange(4)),
            "is_deleted": not flag(0.9),
            "is_active": flag(),
            "email": self.maybe(f"a{profile[-3:]}@x.com", f"b{profile[-3:]}@x.com"),
            "email_is_valid": flag(),
            "email_is_shared": not flag(),
            "phone": self.maybe("+4930123456", "+4930999999"),
            "phone_is_valid": flag(),
            "phone_is_shared": False,
            "street": self.maybe("A 1", "B 2"),
            "city": self.maybe("Berlin", "Bonn"),
            "region": self.maybe("BE"),
            "postcode": self.maybe("10115"),
            "country": self.maybe("DE", "FR"),
            "tax_id": self.maybe("DE1", "DE2"),
            "lifecycle_stage": self.maybe("lead", "customer"),
            "account_owner": self.maybe("Ada", "Bob"),
            "brand": self.maybe("alpha", "beta", "gamma"),
            "sales_region": self.maybe("EMEA", "AMER"),
            "created_at": datetime(2024, 1, 1) + timedelta(days=self.random.randrange(9)),
            "changed_at": FIRST_RUN,
        }
        if kind == "person":
            row |= {
                "full_name": self.maybe("Ann Lee", "A. Lee"), "given_name": self.maybe("Ann", "A."),
                "middle_name": self.maybe("M", "Marie"), "family_name": self.maybe("Lee"),
                "date_of_birth": self.maybe(date(1990, 1, 2)), "gender": self.maybe("f", "m"),
                "language": self.maybe("de", "en"), "job_title": self.maybe("CEO", "CTO"),
                "organization_name": self.maybe("Acme"),
            }  # fmt: skip
        else:
            row |= {
                "name": self.maybe("Acme", "ACME Inc"), "legal_name": self.maybe("Acme GmbH", "Acme AG"),
                "previous_names": self.maybe("Old Acme", "Older Acme"), "domain": self.maybe("acme.com", "gmail.com"),
                "domain_is_shared": not flag(0.5), "website": self.maybe("https://acme.com"),
                "tax_id_is_valid": flag(0.5), "registration_id": self.maybe("HRB1"),
                "industry": self.maybe("Media", "Energy"), "employee_count": self.maybe(10, 2000),
                "annual_revenue": self.maybe(1000.5, 2e9), "customer_segment": self.maybe("SMB"),
                "payment_terms": self.maybe("Net 30"), "currency": "EUR", "plan": self.maybe("pro", "team"),
            }  # fmt: skip
        self.records(kind).append(row)
        self.clusters.append(
            {"record_key": row["record_key"], "entity_kind": kind, "profile_id": profile, "changed_at": FIRST_RUN}
        )
        if kind == "person" and row["email"]:
            self.tables['NORMALIZED_RECORD."IDENTIFIER"'].append(
                {"record_key": row["record_key"], "entity_kind": "person", "identifier_type": "email",
                 "value_canonical": row["email"], "is_valid": row["email_is_valid"],
                 "is_shared": row["email_is_shared"], "changed_at": FIRST_RUN}
            )  # fmt: skip
        return row

    def fact(self, table: str, record: Row, **values: Any) -> Row:
        """One more fact of a record."""
        self.number += 1
        row = {"fact_key": f"f{self.number}", "record_key": record["record_key"],
               "source_system": record["source_system"], "occurred_at": FIRST_RUN - timedelta(days=20),
               "changed_at": FIRST_RUN, **values}  # fmt: skip
        self.tables[f"NORMALIZED_RECORD.{table}"].append(row)
        return row

    def consent(self, record: Row, status: str, days_ago: int = 50, **values: Any) -> Row:
        """One more consent fact for marketing by e-mail, named by the record's address."""
        return self.fact(
            "CONSENT_EVENT", record,
            **{"record_key": None, "source_system": "consent", "subject_type": "email",
               "subject_value_canonical": record["email"], "purpose": "marketing", "channel": "email",
               "status": status, "legal_basis": "consent", "region": "EU",
               "occurred_at": FIRST_RUN - timedelta(days=days_ago), **values},
        )  # fmt: skip

    def add_facts(self) -> None:
        """Some of every kind of fact, and relations."""
        pick, number = self.random.choice, self.random.randrange
        people, organizations = self.records("person"), self.records("organization")
        for record in organizations:
            self.fact("OPPORTUNITY", record, amount=float(number(9) * 100), close_date=date(2026, 4, 1),
                      is_closed=pick([True, False]), is_won=False, is_deleted=False)  # fmt: skip
            self.fact("TRANSACTION", record, kind="invoice", amount=100.0, amount_open=pick([0.0, 50.0]),
                      status="open", due_date=date(2026, 3, number(1, 28)), is_deleted=False)  # fmt: skip
            self.fact("SUBSCRIPTION", record, plan=pick(["Pro", "basic", "basic", "basic"]),
                      monthly_amount=9.0, is_active=pick([True, False]),
                      current_period_end=datetime(2026, 4, 2), cancel_at_period_end=False,
                      is_deleted=False)  # fmt: skip
            self.fact("FEATURE_ADOPTION", record, feature="f", active_users=1, adoption_rate=0.5, is_deleted=False)
        for record in people:
            self.fact("TICKET", record, person_record_key=record["record_key"], organization_record_key=None,
                      status=pick(["open", "solved"]), satisfaction=pick(["good", "bad", None]),
                      is_deleted=False)  # fmt: skip
            self.fact("USAGE", record, events=number(9), active_users=1,
                      occurred_at=FIRST_RUN - timedelta(days=number(28, 32)))  # fmt: skip
            self.fact("ENGAGEMENT", record, kind=pick(["sent", "open", "click"]), campaign="c")
            if record["email"]:
                self.consent(record, pick(["granted", "granted", "withdrawn", "denied"]), number(1, 400))
        for index in range(len({c["profile_id"] for c in self.clusters if c["entity_kind"] == "person"})):
            self.relate(profile_id("person", index), profile_id("organization", index % 20), "employee_of")
        for index in range(1, 12):
            self.relate(profile_id("organization", index), profile_id("organization", index // 3), "subsidiary_of")
        # Reached from 1 by two ways: through 3, and as the entity that is billed.
        self.relate(profile_id("organization", 10), profile_id("organization", 1), "billing_entity_of")

    def relate(self, from_profile: str, to: str, relation_type: str, to_kind: str = "profile") -> None:
        """One more relation."""
        self.tables["MATCH_CLUSTER.RELATION"].append(
            {"from_profile_id": from_profile, "to_kind": to_kind, "to_id": to, "relation_type": relation_type,
             "valid_from": datetime(2025, 1, 1)}
        )  # fmt: skip

    def load(self, warehouse: Warehouse) -> None:
        """Write all tables as they are now."""
        sizes: dict[str, int] = {}
        for row in self.clusters:
            sizes[row["profile_id"]] = sizes.get(row["profile_id"], 0) + 1
        for row in self.clusters:
            size = sizes[row["profile_id"]]
            row |= {"cluster_size": size, "match_confidence": 1.0 if size == 1 else 0.8}
        for schema in ("NORMALIZED_RECORD", "MATCH_CLUSTER", "GOLDEN_PROFILE", "ACTIVATION_FEED"):
            warehouse.execute(f"create schema if not exists {schema}")
        for table, ddl in TABLES.items():
            warehouse.execute(f"create or replace table {table} ({ddl})")
            columns = [part.split()[0] for part in ddl.replace("(38, 0)", "").split(", ")]
            if rows := [[row.get(column) for column in columns] for row in self.tables[table]]:
                marks = ", ".join(["%s"] * len(columns))
                warehouse.connection.cursor().executemany(
                    f"insert into {table} ({', '.join(columns)}) values ({marks})", rows
                )
        for table in ("hierarchy", "relation_conflict"):
            warehouse.execute(f"create or replace table MATCH_CLUSTER.{table} ({STAGE_TABLES[table]})")
        with step_schema(warehouse):
            build_hierarchy(warehouse, "MATCH_CLUSTER.RELATION")
            warehouse.script(hierarchy_statements(Run("test", FIRST_RUN)))


def destinations() -> list[dict[str, Any]]:
    """Those that are shipped, of which two leave out who buys already."""
    rules = {
        "marketing": Suppression("products_owned", ("unheard of", "pro")),
        "support": Suppression("existing_customers"),
    }
    return [
        d.as_dbt() | ({"suppress": [rules[d.destination].as_dbt()]} if d.destination in rules else {})
        for d in load_destinations()
    ]


class Dbt:
    """dbt over a world: parsed once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.manifest = invoke(settings, ["parse", "--quiet"]).result

    def build(self, started: datetime, processed_to: datetime | None = None, full: bool = False,
              tests: bool = False, variables: dict[str, Any] | None = None) -> None:  # fmt: skip
        """Build golden_profile and activation_feed; raises AssertionError with dbt's message on failure."""
        values = {"run_id": "test", "run_started_at": str(started), "destinations": destinations(), **(variables or {})}
        if processed_to:
            values["processed_to"] = str(processed_to)
        arguments = ["build", "--select", "tag:golden_profile", "tag:activation_feed", "--quiet"]
        arguments += ["--vars", json.dumps(values)]
        arguments += ["--full-refresh"] if full else []
        arguments += [] if tests else ["--exclude-resource-type", "test"]
        outcome = invoke(self.settings, arguments, self.manifest.deepcopy())
        broken = [f"{r.node.name}: {r.message}" for r in outcome.result.results if r.status in ("error", "fail")]
        assert not broken, broken
