"""Salesforce: accounts, contacts, opportunities as the Bulk API exports them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from c360_assets.sample import company_record, person_record
from c360_assets.sample.company_record import sometimes
from c360_assets.sample.extract import Extract, amounts, extract, flags, integers, moment
from c360_assets.sample.randomness import chance, stream, weighted
from c360_assets.sample.rates import RATES
from c360_assets.sample.text import join, number, take, where
from c360_assets.sample.vocabulary.business import BRANDS, OWNERS
from c360_assets.sample.vocabulary.places import COUNTRIES
from c360_assets.sample.world import DAY, World, entered

_STAGES = [
    "Prospecting",
    "Qualification",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
]
_PROBABILITY = np.asarray([10, 25, 60, 80, 100, 0])


def owner_ids(index: np.ndarray) -> pa.Array:
    """Salesforce user ids of the account owners."""
    return join("0055e", number(index + 1, 10), "AAA")


def extracts(world: World) -> list[Extract]:
    """Account.csv, Contact.csv and Opportunity.csv."""
    return [_accounts(world), _contacts(world), _opportunities(world)]


def _accounts(world: World) -> Extract:
    rng = stream(world.seed, "salesforce", "account")
    rows, firms = world.presence.companies["account"], world.companies
    n, at = len(rows), rows.entity
    r = company_record.write(firms, at, rng)
    created = entered(rng, firms.created[at], world.now)
    shown = r.address.take(np.where(chance(rng, n, 0.87), np.arange(n), -1))
    kind = weighted(rng, n, [0.62, 0.25, 0.06, 0.07])
    owner = firms.owner[at]
    country = where(chance(rng, n, 0.7), shown.names(), shown.codes())
    region = take([c.region for c in COUNTRIES], firms.country[at])
    region = where(region_is(region, "EU") & chance(rng, n, 0.5), "EMEA", region)
    columns = {
        "Id": rows.ids,
        "Name": r.name,
        "ParentId": sometimes(rng, rows.id_of(rng, firms.parent[at]), 0.85),
        "Type": take(["Customer", "Prospect", "Partner", "Former Customer"], kind),
        "Industry": sometimes(rng, take(firms.industry, at), 0.9),
        "AnnualRevenue": amounts(firms.revenue[at], chance(rng, n, 0.4)),
        "NumberOfEmployees": integers(firms.employees[at], chance(rng, n, 0.35)),
        "Phone": sometimes(rng, r.phone, 0.78),
        "Website": sometimes(rng, r.website, 0.85),
        "BillingStreet": shown.street,
        "BillingCity": shown.city,
        "BillingState": sometimes(rng, shown.region, 0.5),
        "BillingPostalCode": shown.postcode,
        "BillingCountry": country,
        "OwnerId": owner_ids(owner),
        "Owner.Name": take(OWNERS, owner),
        "Tax_Id__c": sometimes(rng, r.tax_id, 0.5),
        "Registration_Number__c": sometimes(rng, r.registration, 0.35),
        "Segment__c": take(["SMB", "Mid-Market", "Enterprise"], np.digitize(firms.employees[at], [50, 500])),
        "Lifecycle_Stage__c": take(["Customer", "Opportunity", "Customer", "Churned"], kind),
        "Brand__c": take(BRANDS, weighted(rng, n, [0.6, 0.25, 0.15])),
        "Region__c": region,
        "IsDeleted": flags(chance(rng, n, RATES.deleted)),
        "CreatedDate": moment(created),
        "LastModifiedDate": moment(rng.integers(created, world.now)),
    }
    return extract("salesforce", "account", "Account.csv", columns, np.argsort(rows.numbers))


def region_is(region: pa.Array, value: str) -> np.ndarray:
    """True where the region is this one."""
    return np.asarray(pc.equal(region, value))


def _contacts(world: World) -> Extract:
    rng = stream(world.seed, "salesforce", "contact")
    rows, people = world.presence.people["contact"], world.people
    n, at = len(rows), rows.entity
    r = person_record.write(
        people, world.companies, rows, rng, email=0.95, phone=0.75, mobile=0.7, address=0.7, birth=0.2
    )
    employer = np.where(rows.second, people.second_employer[at], people.employer[at])
    created = entered(rng, people.created[at], world.now)
    columns = {
        "Id": rows.ids,
        "AccountId": sometimes(rng, world.presence.companies["account"].id_of(rng, employer), 0.96),
        "FirstName": sometimes(rng, r.given, 0.985),
        "MiddleName": r.middle,
        "LastName": r.family,
        "Title": sometimes(rng, take(people.title, at), 0.85),
        "Email": r.email,
        "Phone": r.phone,
        "MobilePhone": r.mobile,
        "MailingStreet": r.address.street,
        "MailingCity": r.address.city,
        "MailingState": sometimes(rng, r.address.region, 0.5),
        "MailingPostalCode": r.address.postcode,
        "MailingCountry": r.address.names(),
        "Birthdate": r.birth_date,
        "LeadSource": take(["Web", "Event", "Referral", "Partner", "Purchased List"], rng.integers(0, 5, n)),
        "OwnerId": owner_ids(world.companies.owner[np.maximum(employer, 0)]),
        "HasOptedOutOfEmail": flags(chance(rng, n, 0.07)),
        "DoNotCall": flags(chance(rng, n, 0.05)),
        "IsDeleted": flags(chance(rng, n, RATES.deleted)),
        "CreatedDate": moment(created),
        "LastModifiedDate": moment(rng.integers(created, world.now)),
    }
    return extract("salesforce", "contact", "Contact.csv", columns, np.argsort(rows.numbers))


def _opportunities(world: World) -> Extract:
    rng = stream(world.seed, "salesforce", "opportunity")
    n, accounts, firms = world.facts["opportunity"], world.presence.companies["account"], world.companies
    account = rng.integers(0, len(accounts), n)
    firm = accounts.entity[account]
    stage = weighted(rng, n, [0.1, 0.12, 0.13, 0.1, 0.33, 0.22])
    closed = stage >= 4
    created = world.now - rng.integers(DAY, 700 * DAY, n)
    close = np.where(closed, rng.integers(created, world.now), world.now + rng.integers(-10 * DAY, 150 * DAY, n))
    kind = rng.integers(0, 3, n)
    columns = {
        "Id": join("0065e", number(world.numbers(n), 10), "AAA"),
        "AccountId": take(accounts.ids, account),
        "Name": join(take(firms.name, firm), " - ", take(["New", "Renewal", "Expansion"], kind)),
        "StageName": take(_STAGES, stage),
        "Amount": amounts(np.exp(rng.normal(9.2, 1.1, n)), chance(rng, n, 0.04)),
        "CurrencyIsoCode": take([c.currency for c in COUNTRIES], firms.country[firm]),
        "Probability": amounts(_PROBABILITY[stage]),
        "CloseDate": pa.array((close // DAY).astype(np.int32)).cast(pa.date32()),
        "IsClosed": flags(closed),
        "IsWon": flags(stage == 4),
        "Type": take(["New Business", "Renewal", "Expansion"], kind),
        "OwnerId": owner_ids(firms.owner[firm]),
        "IsDeleted": flags(chance(rng, n, RATES.deleted / 2)),
        "CreatedDate": moment(created),
        "LastModifiedDate": moment(rng.integers(created, world.now)),
    }
    return extract("salesforce", "opportunity", "Opportunity.csv", columns)
