"""From a declaration to something that can be sent to. Credentials are read here, when a delivery needs them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from c360_assets.activation.declaration import DeclarationError, DestinationDeclaration
from c360_assets.activation.destinations.object_store import ObjectStore
from c360_assets.activation.wire import Destination

_MODULES = {
    "webhook": "webhook",
    "hubspot": "hubspot",
    "salesforce": "salesforce",
    "zendesk": "zendesk",
    "braze": "braze",
    "kafka": "kafka",
}
_ADDRESS = re.compile(r"https?://[^/\s]+")
Connect = Callable[[DestinationDeclaration], Destination]


def batch_rows(declaration: DestinationDeclaration) -> dict[str, int]:
    """Rows of a batch, by operation: as declared, at most what the vendor takes; empty for files: all at once."""
    if declaration.connector == "files":
        return {}
    most: dict[str, int] = _module(declaration).BATCH_ROWS
    return {operation: min(declaration.limits.batch_rows or rows, rows) for operation, rows in most.items()}


def connect(declaration: DestinationDeclaration, environ: Mapping[str, str] | None = None) -> Destination:
    """The destination, ready to be sent to.

    Raises:
        DeclarationError: an environment variable that the declaration names is not set, or what it holds cannot be
            used; its value is never told.
    """
    environ = os.environ if environ is None else environ
    module = _module(declaration)
    if missing := [name for name in module.NEEDS if name not in declaration.connection]:
        raise DeclarationError(f"{declaration.destination}: connection lacks {', '.join(missing)}.")
    if unset := sorted(variable for variable in declaration.connection.values() if not environ.get(variable)):
        raise DeclarationError(f"{declaration.destination}: set {', '.join(unset)} in the environment.")
    values = {name: environ[variable] for name, variable in declaration.connection.items()}
    if "url" in values and not _ADDRESS.match(values["url"]):
        raise DeclarationError(
            f"{declaration.destination}: {declaration.connection['url']} in the environment is no address of the form"
            " https://host/path."
        )
    try:
        destination: Destination = module.open_destination(declaration, values)
    except ValueError as error:
        # Without the value, and without the cause, which may quote it.
        variables = ", ".join(sorted(declaration.connection.values()))
        raise DeclarationError(
            f"{declaration.destination}: what {variables} hold cannot be used ({type(error).__name__})."
        ) from None
    return destination


def open_store(declaration: DestinationDeclaration, environ: Mapping[str, str] | None = None) -> ObjectStore | None:
    """Where a file destination's files go besides this machine; None where `connection` names no `uri`.

    Raises:
        DeclarationError: the environment variable that the declaration names is not set, or holds no such address.
    """
    environ = os.environ if environ is None else environ
    if not declaration.connection:
        return None
    variable = declaration.connection.get("uri", "")
    if not environ.get(variable):
        raise DeclarationError(f"{declaration.destination}: set {variable or 'connection uri'} in the environment.")
    try:
        return ObjectStore(environ[variable])
    except (OSError, ValueError) as error:
        # Without the address: it may hold a key.
        raise DeclarationError(
            f"{declaration.destination}: {variable} is no address of object storage that can be used"
            f" ({type(error).__name__}); s3://, gs://, abfs:// and file:// are."
        ) from None


def _module(declaration: DestinationDeclaration) -> Any:
    return import_module(f"c360_assets.activation.destinations.{_MODULES[declaration.connector]}")
