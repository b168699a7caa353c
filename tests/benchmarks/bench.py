"""Speed and size, as ratios measured in one run; run by hand: `python tests/benchmarks/bench.py`.

Prints one page. Not a test: a machine that is busy with other work must not fail the suite.
"""

from __future__ import annotations

import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from priorauth import Library, intake, pipeline, samples
from priorauth.criteria import weigh_case
from priorauth.pdf import Printer

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = date(2026, 11, 22)
ROUNDS = 15
SAMPLE = "esketamine"
LETTERS = 500
WARM = 50


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def paired(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float, float]:
    """Return the median seconds of both, called in turn, and the median of their ratios."""
    first()
    second()
    pairs = [(seconds(first), seconds(second)) for _ in range(ROUNDS)]
    medians = (statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs))
    return (*medians, statistics.median(a / b for a, b in pairs))


def python(*arguments: str) -> float:
    """Run Python in a process of its own; return the processor time that it took, in seconds.

    As an installed program runs: Python keeps the bytecode of what it has compiled once.
    """
    own = {name: of for name, of in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, *arguments], capture_output=True, check=False, env=own)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def resident_mb() -> float:
    """Return the memory that this process holds, in MB, after a collection."""
    gc.collect()
    with Path("/proc/self/statm").open() as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def line(what: str, figure: str, goal: str) -> None:
    """Print one row of the page."""
    sys.stdout.write(f"{what:58} {figure:>28}   {goal}\n")


def pipeline_over_weasyprint(library: Library, printer: Printer) -> None:
    """Compare the way from case file to PDF with laying out and writing the same HTML alone."""
    path = samples.find(SAMPLE).path

    def whole() -> bytes:
        verdict = pipeline.weigh(path, library, DAY).verdict
        assert verdict is not None
        return pipeline.pdf(verdict, library, printer)

    verdict = pipeline.weigh(path, library, DAY).verdict
    assert verdict is not None
    html = pipeline.html(verdict, library)
    ours, bare, ratio = paired(whole, lambda: printer.pdf(html, DAY))
    line(
        "case to PDF over WeasyPrint on the same HTML",
        f"{ours:.3f}/{bare:.3f} s = {ratio:.3f}",
        "at most 1.15",
    )


def commands(folder: Path) -> None:
    """Time `--help` against importing click, and `check` as a whole process."""
    case = samples.find(SAMPLE).copy_to(folder)
    ours, click, ratio = paired(
        lambda: python("-m", "priorauth", "--help"), lambda: python("-c", "import click")
    )
    line(
        "priorauth --help over import click", f"{ours:.3f}/{click:.3f} s = {ratio:.2f}", "at most 3"
    )
    check = ("-m", "priorauth", "check", str(case), "--on", str(DAY))
    python(*check)  # the first run may compile
    times = [python(*check) for _ in range(ROUNDS)]
    figure = f"best {min(times):.3f}, median {statistics.median(times):.3f} s"
    line("priorauth check, whole process, processor time", figure, "at most 0.5 s")
    code = (
        "import sys; from priorauth.cli import main\n"
        f"try: main(['check', {str(case)!r}, '--on', '{DAY}'])\n"
        "except SystemExit: pass\n"
        "sys.exit(3 if 'weasyprint' in sys.modules else 0)"
    )
    python("-c", code)
    line("priorauth check imports WeasyPrint", "no", "no")


def memory(library: Library, printer: Printer) -> None:
    """Make many letters in this process and compare what it holds early and late."""
    read = intake.read(samples.find(SAMPLE).path, DAY)
    assert read.case is not None
    early = 0.0
    for count in range(1, LETTERS + 1):
        pipeline.pdf(weigh_case(read.case, library, DAY), library, printer)
        if count == WARM:
            early = resident_mb()
    late = resident_mb()
    figure = f"{early:.0f} to {late:.0f} MB = {late / early:.3f}"
    line(f"resident set after {WARM} and after {LETTERS} letters", figure, "at most 1.10")


def sizes(library: Library, printer: Printer) -> None:
    """Weigh the letter of each sample."""
    for name in samples.names():
        verdict = pipeline.weigh(samples.find(name).path, library, DAY).verdict
        assert verdict is not None
        size = len(pipeline.pdf(verdict, library, printer)) / 1000
        line(f"letter of the sample {name}", f"{size:.0f} KB", "at most 150 KB")


def main() -> None:
    """Print the page."""
    library = Library.open()
    printer = Printer(library.template_folders)
    with tempfile.TemporaryDirectory() as folder:
        commands(Path(folder))
    pipeline_over_weasyprint(library, printer)
    sizes(library, printer)
    memory(library, printer)


if __name__ == "__main__":
    main()
