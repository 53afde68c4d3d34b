"""Tax ids: one company's number is one value; the check digits decide validity."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("raw", "country", "tax_id"),
    [
        # Published examples of the number formats.
        ("DE136695976", "DE", "DE136695976"),
        ("136 695 976", "DE", "DE136695976"),
        ("VAT No. DE 136.695.976", None, "DE136695976"),
        ("GB 980 7806 84", "GB", "GB980780684"),
        ("FR 40 303 265 045", None, "FR40303265045"),
        ("ATU13585627", "AT", "ATU13585627"),
        ("NL4495445B01", "NL", "NL4495445B01"),
        ("EL 094259216", "GR", "GR094259216"),
        ("CHE-100.155.212 MWST", "CH", "CH100155212"),
        ("CHE100155212", None, "CH100155212"),
        ("51 824 753 556", "AU", "AU51824753556"),
        ("91-1144442", "US", "US911144442"),
        ("US91-1144442", "US", "US911144442"),
    ],
)
def test_one_number_has_one_canonical_form_and_is_valid(handler, raw, country, tax_id):
    parsed = handler("parse_tax_id")(raw, country)
    assert (parsed["tax_id"], parsed["is_valid"]) == (tax_id, True)


@pytest.mark.parametrize("raw", ["DE136695977", "DE000000000", "123456789"])
def test_wrong_check_digits_are_not_valid(handler, raw):
    assert not handler("parse_tax_id")(raw, "DE")["is_valid"]


@pytest.mark.parametrize("raw", [None, "", "-", "n/a"])
def test_nothing_gives_nothing(handler, raw):
    assert handler("parse_tax_id")(raw, "DE") is None
