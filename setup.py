"""What pyproject.toml cannot say: a wheel brings its translations compiled, by Babel's own command."""

from setuptools import setup
from setuptools.command.build import build

build.sub_commands.insert(0, ("compile_catalog", None))

setup(options={"compile_catalog": {"domain": "django", "directory": "strapontin/web/locale"}})
