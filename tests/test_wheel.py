"""The package as others get it: built, installed into an empty place, used far away from it."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import DAY, NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Made

ROOT = Path(__file__).parent.parent
# Says where the program stands, and runs its commands in one process: each start takes a second.
ONE_AFTER_ANOTHER = """
import json, sys
import priorauth
from priorauth.cli import main
print(priorauth.__file__)
for command in json.loads(sys.argv[1]):
    sys.argv[0] = "priorauth"
    try:
        main(command)
    except SystemExit as ended:
        if ended.code not in (0, 1):
            raise
"""


def build(folder: Path) -> Path:
    """Return the wheel of the checkout, built by pip as a user's pip builds it."""
    command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--quiet"]
    command += ["--disable-pip-version-check", "--retries", "1", "--wheel-dir", str(folder)]
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    if done.returncode and "Could not find a version that satisfies" in done.stderr:
        pytest.skip("no package index can be reached, so the build backend is not there")
    assert done.returncode == 0, done.stderr
    [wheel] = folder.glob("priorauth-*.whl")
    return wheel


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built once for all the processes that run tests."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if worker else base) / "wheel"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return next(folder.glob("priorauth-*.whl"), None) or build(folder)


@pytest.fixture(scope="session")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an empty place where the wheel is installed, the rest lent to it."""
    place = tmp_path_factory.mktemp("place")
    venv.create(place, symlinks=True)
    packages = next(place.glob("lib/python*/site-packages"))
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(packages)
    # A line that begins with `import` would be run; a folder is only looked in, after this one.
    lent = sysconfig.get_path("purelib")
    (packages / "lent.pth").write_text(f"{lent}\n", "utf-8")
    return place / "bin" / "python"


def test_the_wheel_holds_what_is_needed_and_no_more(wheel: Path) -> None:
    """Program, payers, templates with their fonts, samples, license; no tests and no scripts."""
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
    inside = {name for name in names if name.startswith("priorauth/")}
    needed = {
        "priorauth/py.typed",
        "priorauth/shipped/templates/letter.html",
        "priorauth/shipped/templates/print.css",
        "priorauth/shipped/templates/fonts/NotoSerif-Regular.ttf",
        "priorauth/shipped/templates/fonts/OFL.txt",
        "priorauth/shipped/payers/cigna/payer.yaml",
        "priorauth/reference/drugs.yaml",
        "priorauth/reference/icd10cm.zip",
        *(f"priorauth/samples/{name}/case.yaml" for name in NAMES),
    }
    assert needed - inside == set()
    rest = {name.split("/")[0] for name in names} - {"priorauth"}
    assert len(rest) == 1
    assert rest.pop().endswith(".dist-info")
    assert any(name.endswith("LICENSE") for name in names)
    assert [name for name in names if "__pycache__" in name or "/tests/" in name] == []


def test_the_wheel_holds_every_file_of_the_checkout(wheel: Path) -> None:
    """Nothing that lies beside the code, in payers/ or in templates/ is forgotten."""
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    for folder, place in {
        "priorauth": "priorauth",
        "payers": "priorauth/shipped/payers",
        "templates": "priorauth/shipped/templates",
    }.items():
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"{place}/{path.relative_to(ROOT / folder).as_posix()}" in names


def test_the_installed_program_makes_the_same_letters(
    python: Path, made: Callable[[str], Made], tmp_path: Path
) -> None:
    """Byte for byte the letters of the checkout, by the command, in a folder far from it."""
    # As installed: the package is found in its own place, and keeps the bytecode of its first run.
    ours = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
    environment = {key: value for key, value in os.environ.items() if key not in ours}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [str(python), *arguments],
            capture_output=True,
            check=False,
            cwd=tmp_path,
            env=environment,
            encoding="utf-8",
        )
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    commands = [
        ["demo", "-o", "demo"],
        ["sample", "qualchoice-esketamine", "-o", "q"],
        ["letter", "q/case.yaml", "--on", str(DAY)],
    ]
    assert str(python.parent.parent) in run("-c", ONE_AFTER_ANOTHER, json.dumps(commands))
    for name in ("esketamine", "iv-ketamine", "open-questions"):
        assert (tmp_path / "demo" / name / "letter.pdf").read_bytes() == made(name).pdf
    assert (tmp_path / "letter.pdf").read_bytes() == made("qualchoice-esketamine").pdf
    assert "missing" not in run("-m", "priorauth", "doctor")
