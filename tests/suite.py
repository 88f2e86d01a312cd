"""``make test``: the checks, then the whole suite, on both PostgreSQL servers.

What the suite needs of the machine (PostgreSQL 15, Chromium) is installed where that may be done, which is as
root on Debian; elsewhere it is said what does not run. A database cluster of the machine is neither made nor
touched.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.processes import find_chromium
from tests.servers import DEBIAN_15, REPOSITORY

# Read by the package when it is installed: without this file it makes a cluster of its own and starts it.
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/strapontin-tests.conf")


def main() -> int:
    """Run everything, even after a failure; 0 if all of it succeeded. The last line is pytest's summary."""
    install_what_is_missing()
    codes = [run("make", "check")]
    environment = {"STRAPONTIN_TEST_FRESH": "1"}
    if find_chromium():
        environment["STRAPONTIN_REQUIRE_BROWSER"] = "1"
    if (DEBIAN_15 / "postgres").exists():
        say("The database tests on Debian's PostgreSQL 15")
        only = ["-m", "database and not browser and not scale"]
        debian = {"STRAPONTIN_TEST_SERVER": "debian15", "STRAPONTIN_HYPOTHESIS": "few"}
        codes.append(pytest(*only, **environment, **debian))
    else:
        say("NOT RUN: the database tests on PostgreSQL 15 (apt-get install postgresql-15)")
    say("All tests, on the embedded PostgreSQL 18")
    failed = [code for code in codes if code]
    if failed:
        say(f"{len(failed)} of the steps before failed: see above")
    codes.append(pytest(**environment, STRAPONTIN_TEST_SERVER="embedded"))
    return 1 if any(codes) else 0


def pytest(*arguments: str, **environment: str) -> int:
    """Run pytest on three processes: two cores are the least, and many tests wait for a time limit."""
    return run(sys.executable, "-m", "pytest", "-q", "-n", "3", *arguments, **environment)


def run(*command: str, **environment: str) -> int:
    """Run a command at the top of the repository; its exit code."""
    sys.stdout.flush()
    return subprocess.run(command, cwd=REPOSITORY, env=os.environ | environment, check=False).returncode


def say(line: str) -> None:
    """A line that stands out between the programs' own output."""
    print(f"\n=== {line} ===", flush=True)


def install_what_is_missing() -> None:
    """Ask Debian's package manager for what the suite needs, if we may."""
    packages = []
    if not (DEBIAN_15 / "postgres").exists():
        packages.append("postgresql-15")
    if find_chromium() is None:
        packages += ["chromium", "fonts-dejavu-core"]
    if not packages:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        say(f"NOT INSTALLED: {', '.join(packages)} (needs root and Debian's apt-get)")
        return
    say(f"Installing {', '.join(packages)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    with without_default_cluster():
        run("apt-get", "-qq", "update", **quiet)
        for package in packages:
            # One by one: a release that has no postgresql-15 may well have Chromium.
            options = ["-qq", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]
            if run("apt-get", "install", *options, package, **quiet) != 0:
                say(f"NOT INSTALLED: {package}, see above")


@contextlib.contextmanager
def without_default_cluster() -> Iterator[None]:
    """Keep PostgreSQL's package from making and starting a cluster; leaves no trace."""
    made = NO_CLUSTER.parent.parent.exists(), NO_CLUSTER.parent.exists()
    NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
    NO_CLUSTER.write_text("create_main_cluster = false\n")
    try:
        yield
    finally:
        NO_CLUSTER.unlink(missing_ok=True)
        for directory, existed in ((NO_CLUSTER.parent, made[1]), (NO_CLUSTER.parent.parent, made[0])):
            if not existed:
                with contextlib.suppress(OSError):
                    directory.rmdir()


if __name__ == "__main__":
    sys.exit(main())
