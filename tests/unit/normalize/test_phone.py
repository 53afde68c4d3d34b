"""Phones: one number, however written, is one E.164 value."""

from __future__ import annotations

import pytest

WRITTEN = [
    ("+493090182012", "ZZ"),
    ("+49 30 90182012", "ZZ"),
    ("+49 (0)30-90182012", "ZZ"),
    ("004930 90182012", "DE"),
    ("030/90182012", "DE"),
    ("030 9018 2012", "DE"),
    ("493090182012", "US"),
]


@pytest.mark.parametrize(("raw", "country"), WRITTEN)
def test_every_way_of_writing_a_number_is_one_value(handler, raw, country):
    phone = handler("parse_phone")(raw, country)
    assert phone["e164"] == "+493090182012"
    assert phone["is_valid"]
    assert not phone["is_placeholder"]


def test_an_australian_dials_0011_for_the_plus_sign(handler):
    assert handler("parse_phone")("0011 61 3 9699 1055", "AU")["e164"] == "+61396991055"


def test_an_extension_is_not_part_of_the_number(handler):
    assert handler("parse_phone")("(415) 555-2671 x12", "US")["e164"] == "+14155552671"


@pytest.mark.parametrize("raw", ["000-0000000", "1234567890", "+1 999-999-9999", "0000", "12345"])
def test_a_stopgap_is_never_valid(handler, raw):
    phone = handler("parse_phone")(raw, "US")
    assert phone["is_placeholder"]
    assert not phone["is_valid"]


def test_a_national_number_of_another_country_is_not_guessed(handler):
    phone = handler("parse_phone")("0171/3340123", "GB")
    assert (phone["e164"], phone["is_valid"], phone["digits"]) == (None, False, "01713340123")


@pytest.mark.parametrize(("raw", "digits"), [("386-5286", "3865286"), ("4711", "4711"), ("555 01", "55501")])
def test_a_local_number_keeps_its_digits_and_is_not_valid(handler, raw, digits):
    assert handler("parse_phone")(raw, "US") == {
        "e164": None,
        "digits": digits,
        "is_valid": False,
        "is_placeholder": False,
    }


@pytest.mark.parametrize("raw", [None, "", "   "])
def test_nothing_gives_nothing(handler, raw):
    assert handler("parse_phone")(raw, "DE") is None
