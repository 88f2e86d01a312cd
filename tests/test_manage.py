"""Django's own commands, as an engineer runs them in a checkout."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.launcher import environment, left_of
from tests.servers import REPOSITORY


def test_commands_of_django_run_on_an_installation() -> None:
    # A short path: there is a socket in it.
    with tempfile.TemporaryDirectory(prefix="sp-") as directory:
        home = Path(directory)
        for arguments, said in (
            (["migrate", "--database", "owner", "--verbosity", "0"], ""),
            (["makemigrations", "--check"], "No changes detected"),
            (["shell", "-v", "0", "-c", "print(Account.objects.count())"], "0"),
        ):
            command = [sys.executable, str(REPOSITORY / "manage.py"), *arguments]
            done = subprocess.run(command, env=environment(home), capture_output=True, text=True, check=False)
            assert (done.returncode, done.stdout.strip()) == (0, said), done.stderr
        assert not left_of(home)


def test_a_refusal_is_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, str(REPOSITORY / "manage.py"), "check"]
    settings = environment(tmp_path, DATABASE_URL="mysql://db/portal")
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("manage.py: DATABASE_URL is not of the form")
