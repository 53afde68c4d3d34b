"""E-mail addresses and domains: one mailbox is one value, one owner is one domain."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("raw", "email"),
    [
        ("Joe.Bloggs+news@GMail.com", "joebloggs@gmail.com"),
        ("joebloggs@googlemail.com", "joebloggs@gmail.com"),
        ("Joe.Bloggs+news@Acme.example", "joe.bloggs@acme.example"),
        (" <joe@acme.example>; ", "joe@acme.example"),
        ("mailto:joe@acme.example", "joe@acme.example"),
        ("joe@bücher.example", "joe@xn--bcher-kva.example"),
    ],
)
def test_one_mailbox_has_one_canonical_form(handler, raw, email):
    assert handler("parse_email")(raw) == {"email": email, "domain": email.split("@")[1], "is_valid": True}


@pytest.mark.parametrize("raw", ["joe@@acme.example", "joe@localhost", "a..b@acme.example", "joe", "@acme.example"])
def test_an_address_that_cannot_exist_is_kept_but_not_valid(handler, raw):
    parsed = handler("parse_email")(raw)
    assert parsed["email"] == raw
    assert not parsed["is_valid"]


@pytest.mark.parametrize(
    ("raw", "domain"),
    [
        ("https://www.Acme.co.uk/contact?x=1", "acme.co.uk"),
        ("mail.acme.com", "acme.com"),
        ("acme.example", "acme.example"),
        ("a.b.acme.example", "acme.example"),
        ("müller.de", "xn--mller-kva.de"),
        ("localhost", None),
        ("10.0.0.1", None),
        ("co.uk", None),
        (None, None),
        ("http:// www.acme.com", "acme.com"),
        ("www.acme.com, www.acme.de", "acme.com"),
        ("see facebook.com/acme", "facebook.com"),
    ],
)
def test_the_registrable_domain_is_found(handler, raw, domain):
    assert handler("parse_domain")(raw) == domain


@pytest.mark.parametrize(
    "raw",
    ["n/a", "N.A.", "n.a", "none", "www", "www.", "www.acme", "http://", "http://www.", "-", "...", "tbd.", "v1.2",
     "7081PS(HS Collaboration", "Dr. Smith School", "St. Mary's", "192.168.1.1/x", "http://localhost:8080"],
)  # fmt: skip
def test_text_without_a_host_is_no_domain(handler, raw):
    assert handler("parse_domain")(raw) is None
