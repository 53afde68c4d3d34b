"""One host name or web address -> its registrable domain, by the public suffix list that tldextract bundles."""

import re

import tldextract

# No network: the list is the one of the installed release, so results change only with the release.
_EXTRACT = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
# Names of hosts and nothing else: a school's "St. Mary" and a form's "n.a." have a dot too.
_HOST = re.compile(r"(?!www[.][^.]+$)([a-z0-9_]([a-z0-9_-]*[a-z0-9])?[.])+(xn--[a-z0-9-]+|[a-z]{2,})")


def parse_domain(raw):
    """Return the registrable domain in lower-case ASCII, None where there is none.

    A name under no known suffix (acme.example) counts its last label as the suffix. Of several addresses the first
    that has one counts.
    """
    if raw is None or "." not in raw:
        return None
    return next(filter(None, map(_domain, re.split(r"[\s,;|]+", raw.lower()))), None)


def _domain(address):
    parts = _EXTRACT(address)
    if parts.suffix:
        domain = parts.top_domain_under_public_suffix
    else:
        labels = [label for label in (*parts.subdomain.split("."), parts.domain) if label]
        domain = ".".join(labels[-2:])
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return domain if _HOST.fullmatch(domain) else None
