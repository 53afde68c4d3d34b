"""Snowflake's REST endpoints: where they are and how a request says who asks."""

from __future__ import annotations

import os
from collections.abc import Mapping

from c360_assets.settings import Settings, SettingsError


def base_url(settings: Settings, environ: Mapping[str, str] | None = None) -> str:
    """The account's address; SNOWFLAKE_REST_URL names another way to it, such as a private link."""
    environ = os.environ if environ is None else environ
    # Certificates know the account by its name with dashes only.
    return environ.get("SNOWFLAKE_REST_URL") or (
        f"https://{settings.account.lower().replace('_', '-')}.snowflakecomputing.com"
    )


def authorization(settings: Settings) -> dict[str, str]:
    """Headers for one request, with a token that has just been made where it is made here.

    Raises:
        SettingsError: the account has no REST endpoint, or the key cannot be read.
    """
    if settings.embedded:
        raise SettingsError("The embedded engine has no REST endpoints; they are a Snowflake account's.")
    if settings.authentication == "oauth":
        return {
            "Authorization": f"Bearer {settings.oauth_token}",
            "X-Snowflake-Authorization-Token-Type": "OAUTH",
        }
    return {
        "Authorization": f"Bearer {_jwt(settings)}",
        "X-Snowflake-Authorization-Token-Type": "KEYPAIR_JWT",
    }


def _jwt(settings: Settings) -> str:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
    )
    from snowflake.connector.auth import AuthByKeyPair

    assert settings.private_key_file
    passphrase = settings.private_key_passphrase
    try:
        key = load_pem_private_key(settings.private_key_file.read_bytes(), passphrase.encode() if passphrase else None)
    except (OSError, ValueError, TypeError):
        # Without the cause: the library's text may say something about the key.
        raise SettingsError(
            f"SNOWFLAKE_PRIVATE_KEY_FILE={str(settings.private_key_file)!r} cannot be read as a PEM key with "
            "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE."
        ) from None
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return AuthByKeyPair(private_key=der).prepare(account=settings.account, user=settings.user)
