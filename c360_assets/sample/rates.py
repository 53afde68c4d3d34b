"""How often each trouble happens: the one place where the sample's rates are stated."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rates:
    """Shares between 0 and 1, of what each comment says.

    How often a field is filled differs by system; each writer in `systems/` says so at the field.
    """

    identity: float = 0.45
    """Records that describe a person or a company, of all records."""
    organization: float = 0.2
    """Company records, of the identity records."""
    business_people: float = 0.68
    """People who work for a customer, of all people; the others are consumers."""
    typo: float = 0.03
    """Names with a slip of the keyboard, of the records."""
    nickname: float = 0.2
    """Short forms, of the records of people whose given name has one."""
    transliterated: float = 0.12
    """Names without marks or with umlauts spelled out, of the records."""
    native_script: float = 0.08
    """Cyrillic or Greek spellings, of the records of people whose name has one."""
    swapped_names: float = 0.005
    """Given and family name in each other's field, of the person records."""
    legal_form_variant: float = 0.35
    """Company names with the legal form dropped, spelled out or in capitals, of the company records."""
    moved: float = 0.08
    """Consumers who have moved; about a third of their records keep the old address."""
    changed_email: float = 0.1
    """People with a second or former e-mail; about a third of their records carry it."""
    role_mailbox: float = 0.03
    """info@ and the like in place of a person's own e-mail, of the business person records."""
    switchboard: float = 0.45
    """The company's telephone number as the contact's, of the business person records."""
    placeholder: float = 0.02
    """000-0000000, test@test.com and N/A, of the person records (never all at once)."""
    email_tag: float = 0.02
    """Plus-tags, of the e-mails."""
    email_case: float = 0.06
    """Odd capitals, of the e-mails."""
    tax_id_typo: float = 0.02
    """Tax ids with a wrong digit, of the tax ids."""
    sibling: float = 0.04
    """Companies that share brand, domain and switchboard with a sibling of another tax id."""
    subsidiary: float = 0.07
    """Companies with a parent company that is a customer too, of the companies."""
    subsidiary_on_parent_domain: float = 0.4
    """Subsidiaries that use the parent's domain."""
    account_copy: float = 0.12
    """Companies with a second CRM account for another region or brand."""
    billing_entities: float = 0.18
    """Companies with more than one billing entity under one tax id, of those that are billed."""
    missing_crm_link: float = 0.33
    """NetSuite customers without custentity_sfdc_account_id, of those whose company has an account."""
    broken_crm_link: float = 0.005
    """NetSuite customers whose link is mistyped and leads nowhere."""
    deleted: float = 0.015
    """CRM and billing records marked as deleted."""
    inactive: float = 0.06
    """Customers marked as inactive."""
    household: float = 0.16
    """Consumers who share address, telephone at home and family name with another."""
    household_email: float = 0.03
    """Members of a household who use its common e-mail."""
    changed_employer: float = 0.04
    """Business people who are a contact at two companies."""
    guest_checkout: float = 0.12
    """Shopify customers made anew by a guest checkout, of the shop's customers."""
    late: float = 0.02
    """Incremental rows that reach the extract days after they happened."""
    duplicate: float = 0.005
    """Incremental rows delivered twice under one key."""
    consent_conflict: float = 0.08
    """Consent events that contradict another of the same subject, purpose and channel."""
    shared_device: float = 0.06
    """Devices that two users of one workspace share."""


RATES = Rates()
