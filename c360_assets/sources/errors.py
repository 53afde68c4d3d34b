"""What can go wrong at the intake, as errors that say where, what, and what would be right."""


class SourceError(ValueError):
    """A declaration or the landing zone is not usable; no row values in the message."""


class RejectedFile(Exception):
    """A file cannot be taken in as a whole; the last good snapshot stays in force.

    The message is the reason as it goes to the manifest: no row values in it.
    """
