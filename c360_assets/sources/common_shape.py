"""Guesses which columns of a source are which of the common person and organization shape."""

from __future__ import annotations

import re
from typing import Literal

from c360_assets.sources.inference import InferredObject
from c360_assets.sources.names import column_name

EntityKind = Literal["person", "organization"]

_SHARED = {
    "email": r"e_?mail(_address)?|mail",
    "phone": r"(tele)?phone(_number)?|tel|mobile(_?phone)?",
    "street": r"(\w+_)?(street(_?address)?|addr(ess)?(_?(line_?)?1)?)|strasse|road",
    "city": r"(\w+_)?(city|town)",
    "region": r"(\w+_)?(state|region|province|county)",
    "postcode": r"(\w+_)?(zip(_?code)?|post_?(al_?)?code|plz|postcode)",
    "country": r"(\w+_)?country(_?code)?",
    "tax_id": r"(\w+_)?(tax_?id|tax_number|vat(_?(id|number|reg_?number))?|ein|uid)",
    "created_at": r"(date_?)?created?(_?(at|date|on))?|sign_?up_?(at|date)",
}
_PERSON = {
    "given_name": r"(first|given|fore)_?name|vorname",
    "middle_name": r"middle_?name",
    "family_name": r"(last|family|sur)_?name|surname|nachname",
    "full_name": r"(full|contact|person|customer|display)_?name|name",
    "date_of_birth": r"(date_?of_?)?birth_?(date|day)?|dob",
    "gender": r"gender|sex",
    "language": r"language|lang|locale",
    "job_title": r"job_?title|title|position",
    "organization_name": r"company(_?name)?|organi[sz]ation(_?name)?|employer",
} | _SHARED
_ORGANIZATION = {
    "name": r"((company|organi[sz]ation|account|business|site|customer|trading)_?)?name|company|organi[sz]ation",
    "legal_name": r"legal_?name|registered_name",
    "domain": r"domain",
    "website": r"web_?(site|page)?(_?url)?|url|home_?page",
    "registration_id": r"(company_|registration_)(number|no|nr|id)|registration",
    "industry": r"industry|sector",
    "employee_count": r"(number_of_)?employees|employee_count|headcount",
    "annual_revenue": r"(annual_)?revenue|turnover",
    "currency": r"currency(_?(iso_?)?code)?",
} | _SHARED
_TYPES = {
    "created_at": ("date", "timestamp"),
    "date_of_birth": ("date",),
    "employee_count": ("integer", "number"),
    "annual_revenue": ("integer", "number"),
}
# A name is not enough where the values can tell: lists have remarks in a column that is called Website.
_LOOKS = {"email": "email", "website": "host", "domain": "host"}
_PERSONAL = re.compile(
    r"(\w+_)?(e_?mail(_address)?|mail|(tele|mobile_?)?phone(_number)?|mobile|fax|tel|(first|last|given|middle|family|full)_?name"
    r"|surname|director|contact|(date_?of_?)?birth_?(date|day)?|dob|gender|sex|street(_address)?|addr(ess)?(_?(line_?)?\d)?"
    r"|post_?(al_?)?code|zip(_?code)?|ssn|passport)"
)
_OF_PEOPLE = re.compile(r"user|contact|person|people|member|subscriber|lead|employee|patient|student|guest")
# Words that Snowflake does not take as a bare column name.
_RESERVED = re.compile(
    r"all|alter|and|any|as|between|by|case|cast|check|column|connect|constraint|create|cross|current|"
    r"delete|distinct|drop|else|exists|false|following|for|from|full|grant|group|having|in|increment|"
    r"inner|insert|intersect|into|is|join|lateral|left|like|localtime|minus|natural|not|null|of|on|or|"
    r"order|qualify|regexp|revoke|right|rlike|row|rows|sample|select|set|some|start|table|tablesample|"
    r"then|to|trigger|true|try_cast|union|unique|update|using|values|view|when|whenever|where|with",
    re.IGNORECASE,
)


def personal_columns(inferred: InferredObject, kind: EntityKind | None) -> list[str]:
    """Columns whose names speak of personal data, or whose values are e-mail addresses whatever the name says; a
    plain name is personal where it is a person's."""
    names = {"name"} if kind == "person" else set()
    return [
        c.name
        for c in inferred.columns
        if c.type in ("string", "date", "json")
        and (_PERSONAL.fullmatch(_words(c.name)) or _words(c.name) in names or "email" in c.looks)
    ]


def entity_kind(inferred: InferredObject, object_name: str) -> EntityKind | None:
    """What the rows seem to describe; None for facts such as orders."""
    person, organization = _mapping(inferred, _PERSON), _mapping(inferred, _ORGANIZATION)
    if {"given_name", "family_name", "date_of_birth"} & person.keys():
        return "person"
    if _OF_PEOPLE.search(object_name) and {"email", "phone", "full_name"} & person.keys():
        return "person"
    reachable = {"email", "phone", "street", "city", "website", "domain", "tax_id", "registration_id"}
    if "name" in organization and reachable & organization.keys():
        return "organization"
    return "person" if "email" in person else None


def mapping(inferred: InferredObject, kind: EntityKind) -> dict[str, str]:
    """Column of the common shape to Snowflake expression over the source table."""
    return _mapping(inferred, _PERSON if kind == "person" else _ORGANIZATION)


def _mapping(inferred: InferredObject, patterns: dict[str, str]) -> dict[str, str]:
    taken: dict[str, str] = {}
    names = {column_name(c.name): c for c in inferred.columns if c.filled}
    for target, pattern in patterns.items():
        for name, column in names.items():
            fits = column.type in _TYPES.get(target, (column.type,)) and _LOOKS.get(target) in (None, *column.looks)
            if fits and name not in taken.values() and re.fullmatch(pattern, _words(column.name)):
                taken[target] = name
                break
    # Exports whose headers have slipped: where no name helps, the one column whose values look so.
    for target in ("email", "website"):
        alike = [name for name, c in names.items() if _LOOKS[target] in c.looks and name not in taken.values()]
        if target in patterns and target not in taken and len(alike) == 1:
            taken[target] = alike[0]
    return {target: _expression(name) for target, name in taken.items()}


def _words(vendor: str) -> str:
    """billingStreet, Billing Street and Billing_Street__c alike become billing_street."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", vendor.strip().removesuffix("__c"))
    return re.sub(r"_+", "_", column_name(spaced).lower()).strip("_")


def _expression(name: str) -> str:
    return f'"{name}"' if _RESERVED.fullmatch(name) else name.lower()
