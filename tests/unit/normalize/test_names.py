"""Names of companies and people, and text in other scripts."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("raw", "key", "form"),
    [
        ("Acme GmbH & Co. KG", "acme", "GmbH & Co. KG"),
        ("ACME GMBH + CO KG", "acme", "GmbH & Co. KG"),
        ("Acme Gesellschaft m.b.H.", "acme", "GmbH"),
        ("Acme, Inc.", "acme", "Inc"),
        ("The Acme Company", "acme", "Co"),
        ("Acme Pty. Ltd.", "acme", "Pty Ltd"),
        ("Acme S.A. de C.V.", "acme", "SA de CV"),
        ("Acme Sp. z o.o.", "acme", "Sp. z o.o."),
        ("Acme A/S", "acme", "AS"),
        ("ООО Ромашка", "romashka", "OOO"),
        ("Müller AG", "muller", "AG"),
        ("Mueller A.G.", "muller", "AG"),
        ("Johnson & Sons Ltd", "johnson and sons", "Ltd"),
        ("Acme", "acme", None),
    ],
)
def test_a_company_has_one_key_and_its_legal_form(handler, raw, key, form):
    company = handler("parse_company_name")(raw)
    assert (company["name_key"], company["legal_form"]) == (key, form)


@pytest.mark.parametrize("raw", ["S.p.A.", "Company", "AG"])
def test_a_name_that_is_only_a_legal_form_is_kept(handler, raw):
    assert handler("parse_company_name")(raw)["name_key"]


def test_siblings_keep_their_own_keys(handler):
    parse = handler("parse_company_name")
    assert parse("Acme Deutschland GmbH")["name_key"] != parse("Acme France SARL")["name_key"]


@pytest.mark.parametrize(
    ("raw", "given", "family"),
    [
        ("Smith, John", "John", "Smith"),
        ("Dr. Anna van der Berg", "Anna", "van der Berg"),
        ("John Q. Public Jr.", "John", "Public"),
        ("María López García", "María", "García"),
    ],
)
def test_a_full_name_comes_apart(handler, raw, given, family):
    name = handler("parse_person_name")(raw)
    assert (name["given_name"], name["family_name"]) == (given, family)


@pytest.mark.parametrize(
    ("raw", "ascii_text"),
    [("Straße", "Strasse"), ("Łódź", "Lodz"), ("Юрий Ильин", "Yuriy Ilin"), ("Αθήνα", "Athina"), ("O’Neil", "ONeil")],
)
def test_other_scripts_read_alike(handler, raw, ascii_text):
    assert handler("to_ascii")(raw) == ascii_text
