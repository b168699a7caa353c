"""Keep pydantic's plugins out of a command, and the time that looking for them takes.

Not for other modules: everything but that search gets importlib.metadata as it is.
"""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType
from typing import Any

_NAME = "importlib.metadata"


class _Later(ModuleType):
    """importlib.metadata, brought in when something of it is used and not only named."""

    @staticmethod
    def entry_points(**wanted: Any) -> Any:  # noqa: ANN401 - what the module itself takes and gives
        """Return the entry points that are wanted."""
        return _real().entry_points(**wanted)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any name of the module
        """Return anything else from the module itself."""
        return getattr(_real(), name)


def _real() -> ModuleType:
    if isinstance(sys.modules.get(_NAME), _Later):
        del sys.modules[_NAME]
    return importlib.import_module(_NAME)


def keep_out() -> None:
    """Let pydantic look for no plugins: each would see the case.

    It names the function that finds them all the same, and the import of that function's module
    takes a sixteenth of the time of a check.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if _NAME not in sys.modules:
        later = _Later(_NAME)
        later.__path__ = [f"{folder}/metadata" for folder in importlib.__path__]  # imports ask
        sys.modules[_NAME] = later
        vars(importlib)["metadata"] = later  # as an import does
