"""The gallery as a process of its own: its settings are not those of the suite."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def serve_gallery() -> Iterator[str]:
    """The address of the running gallery, without a slash at the end."""
    command = [sys.executable, "-m", "tests.pages.gallery.server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait(10)
