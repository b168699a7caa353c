"""What keeps pydantic's plugins out of a command."""

from __future__ import annotations

import subprocess
import sys


def told(code: str) -> list[str]:
    """Return what a Python of its own prints after the plugins are kept out."""
    text = f"from priorauth.cli import plugins\nplugins.keep_out()\n{code}"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, check=True)
    return done.stdout.decode().split()


def test_a_model_is_built_without_the_search_for_plugins() -> None:
    """The import that pydantic makes for it alone takes longer than any other of a check."""
    code = (
        "import sys\nfrom pydantic import BaseModel\n"
        "class One(BaseModel):\n    number: int\n"
        "One(number=1)\nprint('pydantic.plugin._loader' in sys.modules, 'email' in sys.modules)"
    )
    assert told(code) == ["True", "False"]


def test_everything_else_finds_the_module_as_it_is() -> None:
    """A library that asks for a version, an error or an entry point gets the true one."""
    code = (
        "import importlib.metadata\n"
        "print(importlib.metadata.version('click').split('.')[0])\n"
        "print(importlib.metadata.PackageNotFoundError.__name__)\n"
        "import importlib.metadata\nprint(type(importlib.metadata).__name__)"
    )
    assert told(code) == ["8", "PackageNotFoundError", "module"]
    code = (
        "from importlib.metadata import entry_points\n"
        "print(len(entry_points(group='console_scripts', name='priorauth')))"
    )
    assert told(code) == ["1"]
