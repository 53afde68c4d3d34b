"""The trouble is there, about as often as stated, and the evidence with it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email
from stdnum import get_cc_module
from stdnum.au import abn
from stdnum.ch import uid
from stdnum.us import ein

from c360_assets.sample.rates import RATES
from tests.unit.sample.conftest import read

PLACEHOLDERS = {"000-0000000", "0000000000", "N/A", "123456789"}
CODES = {
    "Germany": "DE",
    "Austria": "AT",
    "Switzerland": "CH",
    "France": "FR",
    "Netherlands": "NL",
    "Belgium": "BE",
    "Spain": "ES",
    "Italy": "IT",
    "United Kingdom": "GB",
    "Sweden": "SE",
    "Denmark": "DK",
    "Finland": "FI",
    "Poland": "PL",
    "United States": "US",
    "Australia": "AU",
}


def _valid(text: str, country: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, country))
    except phonenumbers.NumberParseException:
        return False


@pytest.mark.parametrize(
    ("system", "object_", "columns", "country"),
    [
        ("salesforce", "contact", ["Phone", "MobilePhone"], "MailingCountry"),
        ("hubspot", "contact", ["phone", "mobilephone"], "country"),
        ("netsuite", "customer", ["phone"], "billCountry"),
    ],
)
def test_telephone_numbers_are_valid_in_their_country(
    sample: Path, system: str, object_: str, columns: list[str], country: str
) -> None:
    rows = read(sample, system, object_)
    where = [CODES.get(c, c if isinstance(c, str) else None) for c in rows[country]]
    checked = [
        _valid(text, home)
        for column in columns
        for text, home in zip(rows[column], where, strict=True)
        if isinstance(text, str) and text not in PLACEHOLDERS
    ]
    assert len(checked) > 200
    # A desk telephone in another country than the address, in the national manner, stays unreadable.
    assert sum(checked) / len(checked) > 0.985


def test_emails_are_valid_but_for_the_placeholders(sample: Path) -> None:
    emails = read(sample, "hubspot", "contact")["email"].dropna()
    bad = 0
    for email in emails:
        try:
            validate_email(email, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            bad += 1
    assert 0 < bad / len(emails) < 0.02


def test_tax_ids_have_the_check_digits_of_their_country(sample: Path) -> None:
    rows = read(sample, "enrichment", "company").dropna(subset=["tax_id"])
    special = {"CH": uid, "US": ein, "AU": abn}
    good = [
        (special.get(country) or get_cc_module(country.lower(), "vat")).is_valid(tax_id)
        for country, tax_id in zip(rows["country"], rows["tax_id"], strict=True)
    ]
    assert 1 - 3 * RATES.tax_id_typo < sum(good) / len(good) <= 1
    assert rows["country"].nunique() > 8


def test_siblings_share_the_domain_and_differ_in_tax_id(sample: Path, truth: pd.DataFrame) -> None:
    firms = truth[truth["entity_kind"] == "organization"]
    entity = firms.set_index("record_id")["entity_id"]
    accounts = read(sample, "salesforce", "account")
    accounts["entity"] = accounts["Id"].map(entity)
    accounts["domain"] = accounts["Website"].str.replace(r"^(https?://)?(www\.)?|/$", "", regex=True)
    per_domain = accounts.groupby("domain")["entity"].nunique()
    shared = accounts[accounts["domain"].isin(per_domain[per_domain > 1].index)]
    assert shared["entity"].nunique() / firms["entity_id"].nunique() > RATES.sibling / 2
    taxed = shared.dropna(subset=["Tax_Id__c"]).assign(tax=shared["Tax_Id__c"].str.replace(" ", ""))
    assert taxed.groupby("tax")["entity"].nunique().max() == 1


def test_subsidiaries_point_to_another_entity(truth: pd.DataFrame) -> None:
    firms = truth[truth["entity_kind"] == "organization"].drop_duplicates("entity_id")
    children = firms.dropna(subset=["parent_entity_id"])
    assert abs(len(children) / len(firms) - RATES.subsidiary) < 0.02
    assert (children["entity_id"] != children["parent_entity_id"]).all()
    assert truth.loc[truth["entity_kind"] == "person", "parent_entity_id"].isna().all()


def test_a_third_of_the_billing_customers_lack_the_crm_link(sample: Path, truth: pd.DataFrame) -> None:
    rows = read(sample, "netsuite", "customer")
    firms = rows[rows["isPerson"] == "false"]
    entity = truth[truth["object"] == "customer"].set_index(["source_system", "record_id"])["entity_id"]
    has_account = set(truth[truth["object"] == "account"]["entity_id"])
    linkable = firms[[entity["netsuite", i] in has_account for i in firms["internalId"]]]
    assert abs(linkable["custentity_sfdc_account_id"].isna().mean() - RATES.missing_crm_link) < 0.08


def test_nearly_every_person_record_has_a_name_and_a_way_to_know_the_person_by(sample: Path) -> None:
    contacts = read(sample, "salesforce", "contact")
    known = contacts["LastName"].notna() & contacts[["Email", "Phone", "MobilePhone", "MailingStreet"]].notna().any(
        axis=1
    )
    assert known.mean() > 0.97
    shoppers = read(sample, "shopify", "customer")
    known = shoppers["last_name"].notna() & shoppers[["email", "phone", "default_address"]].notna().any(axis=1)
    assert known.mean() > 0.97


def test_names_come_in_several_scripts_and_spellings(sample: Path) -> None:
    names = read(sample, "salesforce", "contact")["LastName"]
    assert names.str.contains("[äöüßłńéçøåñ]", regex=True).mean() > 0.05
    given = read(sample, "hubspot", "contact")["firstname"].dropna()
    assert given.str.contains("[А-яΑ-ω]", regex=True).sum() > 0


def test_facts_are_consistent_in_themselves(sample: Path) -> None:
    invoices = read(sample, "netsuite", "invoice")
    remaining, total = invoices["amountRemaining"].astype(float), invoices["total"].astype(float)
    assert ((remaining == 0) == (invoices["status"] == "Paid In Full")).all()
    assert (remaining <= total).all()
    assert (invoices[invoices["status"] == "Overdue"]["dueDate"] < "2026-11-20").all()
    bills = read(sample, "stripe", "invoice")
    paid = bills[bills["status"] == "paid"]
    assert (paid["amount_paid"] == paid["amount_due"]).all()
    contacts = set(read(sample, "hubspot", "contact")["email"].dropna())
    assert set(read(sample, "hubspot", "email_event")["recipient"]) <= contacts


def test_consents_contradict_each_other_at_the_stated_rate(sample: Path) -> None:
    events = read(sample, "consent", "consent_event").drop_duplicates("event_id")
    per_subject = events.groupby(["subject_value", "purpose", "channel"])["status"].nunique()
    assert RATES.consent_conflict / 2 < (per_subject > 1).mean() < RATES.consent_conflict * 3


def test_some_devices_have_two_users(sample: Path) -> None:
    users = read(sample, "product_analytics", "device").groupby("device_id")["user_id"].nunique()
    assert users.max() == 2
