"""One host name or web address -> its registrable domain, by the public suffix list that tldextract bundles."""

import tldextract

# No network: the list is the one of the installed release, so results change only with the release.
_EXTRACT = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def parse_domain(raw):
    """Return the registrable domain in lower-case ASCII, None where there is none.

    A name under no known suffix (acme.example) counts its last label as the suffix.
    """
    if raw is None or "." not in raw:
        return None
    parts = _EXTRACT(raw.strip().lower())
    if parts.suffix:
        domain = parts.top_domain_under_public_suffix
    else:
        labels = [label for label in (*parts.subdomain.split("."), parts.domain) if label]
        if len(labels) < 2 or labels[-1].isdigit():
            return None
        domain = ".".join(labels[-2:])
    if not domain:
        return None
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
