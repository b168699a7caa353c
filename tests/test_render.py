"""Templates print what a letter says, reach nothing else, and fail with their file and line."""

from __future__ import annotations

import re
import resource
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from priorauth import render as render_module
from priorauth.letter import compose
from priorauth.problems import PriorAuthError
from priorauth.render import BadTemplateError, blocks_of, parsed, render, source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from priorauth.criteria import Verdict
    from priorauth.letter import Letter
    from priorauth.library import Library

    Run = Callable[[str], str]

# Values of the sample's letter that no message may hold.
SECRETS = ("Dana", "Whitfield", "03/09/1984", "U1234567801", "Moreno", "sertraline", "66212")


@pytest.fixture(scope="module")
def letter(verdict_of: Callable[[str], Verdict]) -> Letter:
    """Return the letter of a sample."""
    return compose(verdict_of("esketamine"))


@pytest.fixture
def run(letter: Letter, library: Library, tmp_path: Path) -> Run:
    """Return a function that renders the letter by a template; it stands on the third line."""

    def run_(template: str) -> str:
        (tmp_path / "letter.html").write_text(f"<p>\n\n{template}\n</p>", "utf-8")
        return render(letter, [tmp_path, *library.template_folders])

    return run_


def refused(run: Run, template: str) -> str:
    """Return the message with which a template is refused; it tells the line and no value."""
    with pytest.raises(BadTemplateError) as raised:
        run(template)
    message = str(raised.value)
    assert message.startswith("templates/letter.html:3: error: ")
    assert [secret for secret in SECRETS if secret in message] == []
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    return message


# --- what a template can do -----------------------------------------------------------------------


def test_a_template_prints_what_the_letter_says(run: Run) -> None:
    """The letter's fields are there by their names."""
    assert "<b>Dana Whitfield</b>" in run("<b>{{ letter.patient }}</b>")


def test_values_are_escaped(letter: Letter, tmp_path: Path) -> None:
    """A value can hold no HTML, whatever the file's name ends in."""
    (tmp_path / "letter.html").write_text("{% include 'part.txt' %}", "utf-8")
    (tmp_path / "part.txt").write_text("{{ '<b>&\"' ~ letter.patient }}", "utf-8")
    assert render(letter, [tmp_path]) == "&lt;b&gt;&amp;&#34;Dana Whitfield"


def test_a_payers_own_template_stands_before_everyones(letter: Letter, tmp_path: Path) -> None:
    """`templates/<payer>/letter.html` is used for that payer, and for no other."""
    (tmp_path / "cigna").mkdir()
    (tmp_path / "letter.html").write_text("{% block a %}all{% endblock %} same", "utf-8")
    (tmp_path / "cigna" / "letter.html").write_text(
        '{% extends "letter.html" %}{% block a %}cigna{% endblock %}', "utf-8"
    )
    assert render(letter, [tmp_path], "cigna") == "cigna same"
    assert render(letter, [tmp_path], "aetna") == "all same"
    assert render(letter, [tmp_path]) == "all same"


def test_the_users_own_folder_lies_over_the_shipped_one(
    letter: Letter, library: Library, tmp_path: Path
) -> None:
    """One part can be replaced; all others are the shipped ones."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "timeline.html").write_text("NO FIGURE", "utf-8")
    html = render(letter, [tmp_path, *library.template_folders])
    assert "NO FIGURE" in html
    assert "<svg" not in html
    assert 'class="signature"' in html


def test_the_shipped_template_ends_every_tag_it_begins(letter: Letter, library: Library) -> None:
    """What an administrator starts from is well-formed."""
    html = render(letter, library.template_folders)
    for tag in (
        "html",
        "body",
        "p",
        "div",
        "table",
        "tbody",
        "tr",
        "td",
        "th",
        "ul",
        "span",
        "svg",
    ):
        begun = html.count(f"<{tag}>") + html.count(f"<{tag} ")
        assert begun == html.count(f"</{tag}>"), tag


# --- a variable that is not there -----------------------------------------------------------------


@pytest.mark.parametrize(
    "template",
    [
        "{{ letter.pateint }}",
        "{{ pateint }}",
        "{% if letter.pateint %}x{% endif %}",
        "{% if not letter.pateint %}x{% endif %}",
        "{% for x in letter.treatmnts %}{% endfor %}",
        "{{ letter.sender.fx }}",
        "{{ letter.treatments[0].rows[0].doze }}",
        "{{ letter[letter.patient] }}",
        "{{ letter.payer.lines[99] }}",
        "{{ letter.pateint == 'x' }}",
        "{{ 'x' ~ letter.pateint }}",
    ],
)
def test_a_misspelt_variable_fails(template: str, run: Run) -> None:
    """A misspelt name stops the letter; it is never printed as a blank, nor taken as no."""
    assert "variable that is not there" in refused(run, template)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ patient }}", "patient. Did you mean letter.patient"),
        ("{{ leter.patient }}", "leter. Did you mean letter?"),
        (
            '{% import "parts/tables.html" as tables %}{{ tables.pair(letter.state, "x") }}',
            "pair. Did you mean pairs?",
        ),
        (
            '{% import "parts/tables.html" as tables %}{{ tables.pairs(letter.state) }}',
            "a part is used without its parameter `name`. `priorauth manual templates` lists",
        ),
    ],
)
def test_a_name_that_is_nearly_right_is_told(template: str, said: str, run: Run) -> None:
    """A variable without `letter.`, a part that is misspelt, a parameter that is missing."""
    assert said in refused(run, template)


# --- attempts to get out --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "template",
    [
        "{{ letter.__class__ }}",
        "{{ letter.__dict__ }}",
        "{{ letter.__init__.__globals__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ letter | attr('__class__') }}",
        "{{ ['__class__'] | map('attr') | list }}",
        "{{ [letter] | map(attribute='__class__') | first }}",
        "{{ ([letter] | groupby('__class__') | first).grouper }}",
        "{{ '{0.__class__}'.format(letter) }}",
        "{{ '{a.__class__}'.format_map({'a': letter}) }}",
        "{{ '{0[__class__]}' | format }}{{ '{0.__init__}'.format(letter) }}",
        "{{ ('%s' | attr('format')).__self__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ cycler('a').next.__func__ }}",
        "{{ lipsum.__globals__ }}",
        "{{ joiner.__init__.__globals__['os'] }}",
        "{{ namespace.__init__ }}",
        "{{ dict.__subclasses__() }}",
        "{{ self.__init__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ letter.reference.__add__ }}",
        "{{ (letter.reference | list).append(1) }}",
        "{{ [].append(1) }}",
        "{{ {}.update({}) }}",
        "{{ letter.day.__str__.__self__ }}",
        "{% set x = letter.__class__ %}{{ x }}",
        "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
        "{{ url_for.__globals__ }}",
        "{{ config }}",
        "{{ request.application }}",
        "{{ range(10**9) | length }}",
        "{{ range(10**6) | list | length }}",
    ],
)
def test_a_template_reaches_nothing_but_the_letter(template: str, run: Run) -> None:
    """Walks along attributes, tricks with formats and changes of values are refused."""
    refused(run, template)


def test_a_template_cannot_change_the_letter(run: Run) -> None:
    """What the letter says cannot be overwritten."""
    with pytest.raises(BadTemplateError):
        run("{% set letter.day = 'x' %}")


@pytest.mark.parametrize("template", ["{{ lipsum() }}", "{{ letter.reference | random }}"])
def test_a_template_cannot_roll_dice(template: str, run: Run) -> None:
    """What differs from time to time has no place: same case, same letter."""
    refused(run, template)


@pytest.mark.parametrize(
    "template",
    [
        "{% include '../../../etc/passwd' %}",
        "{% include '/etc/passwd' %}",
        "{% include 'parts/../../pyproject.toml' %}",
        "{% include 'file:///etc/passwd' %}",
        "{% import letter.patient as x %}",
        "{% include letter.patient %}",
        "{% include ['a', letter.member_id] %}",
    ],
)
def test_a_template_includes_nothing_from_outside(template: str, run: Run) -> None:
    """Only files of the template folders can be included; the name asked for is not repeated."""
    assert "a template that it uses is not there" in refused(run, template)


# --- mistakes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "template",
    [
        "{{ 1 / 0 }}",
        "{{ letter.day + 1 }}",
        "{{ '%d' % letter.patient }}",
        "{{ '%(x)s' % {} }}",
        "{{ '{:d}'.format(letter.patient) }}",
        "{{ '{0} {1}'.format(letter.patient) }}",
        "{{ [letter.patient] | sum }}",
        "{{ {letter.patient: 1} | xmlattr }}",
        "{% for a, b, c in letter.reference | map(attribute='value') %}{% endfor %}",
        "{{ letter.patient | round }}",
        "{{ letter.patient.index(letter.member_id) }}",
        "{{ letter.reference | sort }}",
        "{{ letter.patient() }}",
        "{% include 'letter.html' %}",
        "{{ 'a' * 10 ** 15 }}",
    ],
)
def test_a_template_that_cannot_be_worked_out_says_where(template: str, run: Run) -> None:
    """Whatever goes wrong inside a template is told by file and line, never as a traceback."""
    refused(run, template)


@pytest.mark.parametrize(
    "template",
    [
        "{{ letter.patient",
        "{% if letter.patient %}",
        "{% endfor %}",
        "{% nosuch %}",
        "{{ letter.patient | nosuch }}",
        "{{ letter.patient is nosuch }}",
        "{% do letter.patient %}",
        "{% block a %}{% endblock %}{% block a %}{% endblock %}",
    ],
)
def test_a_template_that_is_not_readable_says_where(template: str, run: Run) -> None:
    """A bracket that is not closed, a tag or a filter that does not exist."""
    with pytest.raises(BadTemplateError) as raised:
        run(template)
    assert str(raised.value).startswith("templates/letter.html:")
    assert "not readable" in str(raised.value)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ letter.patient | uper }}", "there is no filter uper. Did you mean upper?"),
        ("{{ letter.patient is definde }}", "there is no test definde. Did you mean "),
        ("{% blok a %}", "there is no tag blok here. Did you mean block"),
        ("{% endfor %}", "nothing is open here that `{% endfor %}` closes. Remove it"),
        (
            "{% if letter.draft %}",
            "a `{% if %}` is not closed above this line. Write `{% endif %}`",
        ),
        ("{% block a %}{% endblok %}", "a `{% block %}` is not closed above this line."),
        ("{% block a %}{% endblock %}{% block a %}{% endblock %}", "the block a stands twice."),
    ],
)
def test_what_cannot_be_read_is_told_in_words_that_mend_it(
    template: str, said: str, run: Run
) -> None:
    """With the name that comes near, or with what is to be written."""
    with pytest.raises(BadTemplateError) as raised:
        run(template)
    assert said in str(raised.value)


def test_the_message_names_the_part_that_fails(
    letter: Letter, library: Library, tmp_path: Path
) -> None:
    """A mistake in an included part is told with the part's name and line."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "timeline.html").write_text("x\n{{ figgure }}\n", "utf-8")
    with pytest.raises(BadTemplateError) as raised:
        render(letter, [tmp_path, *library.template_folders])
    assert str(raised.value).startswith("templates/parts/timeline.html:2: error: ")


def test_the_message_names_a_macro_that_fails(
    letter: Letter, library: Library, tmp_path: Path
) -> None:
    """So is a mistake in a macro that is called from elsewhere."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "tables.html").write_text(
        "{% macro pairs(a, b) %}\n{{ a.rowz }}\n{% endmacro %}", "utf-8"
    )
    with pytest.raises(BadTemplateError) as raised:
        render(letter, [tmp_path, *library.template_folders])
    assert str(raised.value).startswith("templates/parts/tables.html:2: error: ")


def test_a_payers_template_with_a_mistake_is_named(letter: Letter, tmp_path: Path) -> None:
    """The file of the payer is named, not everyone's."""
    (tmp_path / "cigna").mkdir()
    (tmp_path / "cigna" / "letter.html").write_text("\n\n{{ letter.nosuch }}", "utf-8")
    with pytest.raises(BadTemplateError, match=r"^templates/cigna/letter\.html:3: error: "):
        render(letter, [tmp_path], "cigna")


def test_a_template_in_another_encoding_is_told(letter: Letter, tmp_path: Path) -> None:
    """A file that is not UTF-8 is named, and what to do about it."""
    (tmp_path / "letter.html").write_bytes("<p>M\xfcller</p>".encode("latin-1"))
    with pytest.raises(BadTemplateError, match="UTF-8"):
        render(letter, [tmp_path])


def test_without_any_template_there_is_a_plain_sentence(letter: Letter, tmp_path: Path) -> None:
    """An empty folder is told as such."""
    with pytest.raises(PriorAuthError, match=r"^templates/letter\.html: error: "):
        render(letter, [tmp_path])


def test_rendering_twice_gives_the_same(letter: Letter, library: Library) -> None:
    """Nothing is kept from one letter to the next."""
    folders = library.template_folders
    assert render(letter, folders) == render(letter, folders)


# --- bounds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{% for a in range(9999) %}{{ 'x' * 9999 }}{% endfor %}", "prints"),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "long"),
        ("{{ 'x' * 4000000000 }}", "memory"),
        ("{{ ['x'] * 4000000000 }}", "memory"),
        ("{{ 'x' | center(4000000000) }}", "memory"),
        ("{{ 'x'.ljust(4000000000) }}", "memory"),
        ("{{ '%4000000000d' | format(1) }}", "memory"),
        ("{{ '{:4000000000}'.format(1) }}", "memory"),
        (
            (
                "{% set ns = namespace(x='ab') %}{% for a in range(40) %}"
                "{% set ns.x = ns.x ~ ns.x %}{% endfor %}"
            ),
            "memory",
        ),
        ("{{ '%4000000000d' % 1 }}", "may not use"),
        ("{{ 9 ** 9 ** 9 }}", "may not use"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "itself"),
        ("{% include 'letter.html' %}", "itself"),
        ("{{ range(99999) | slice(4000000000) | list | length }}", "prints|long|memory"),
        ("{{ range(9) | batch(4000000000, 'x') | list | length }}", "memory"),
        ("{{ 'x\\n' | indent(4000000000) }}", "memory"),
        ("{{ '{:>{}}'.format(1, 4000000000) }}", "memory"),
        (
            (
                "{% set ns = namespace(x=99999999) %}{% for a in range(40) %}"
                "{% set ns.x = ns.x * ns.x %}{% endfor %}"
            ),
            "long|memory",
        ),
        ("{% for a in range(99999) %}{% set x = letter.day * 9999999 %}{% endfor %}", "long"),
    ],
)
@pytest.mark.usefixtures("nothing_heard_of_garbage")
def test_a_template_ends_soon_and_stays_small(
    template: str, said: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Endless loops, texts without bound and recursion stop with a reason."""
    monkeypatch.setattr(render_module, "_SECONDS", 0.4 if "long" in said else 4.0)
    assert re.search(said, refused(run, template))


@pytest.mark.parametrize(
    "template", ["{{ (((" + "(" * 5_000, "{{ 1" + "+1" * 5_000 + " }}", "{% if a %}" * 3000]
)
def test_a_template_nested_without_end_is_refused_as_it_is_read(
    template: str, letter: Letter, tmp_path: Path
) -> None:
    """Neither `check` nor a letter falls over it."""
    (tmp_path / "letter.html").write_text(template, "utf-8")
    for use in (lambda: parsed((tmp_path,), "letter.html"), lambda: render(letter, [tmp_path])):
        with pytest.raises(BadTemplateError) as raised:
            use()
        assert str(raised.value).startswith("templates/letter.html")


@pytest.mark.parametrize(
    "template",
    [
        "{{ '<img src=x>' | safe }}",
        "{{ letter.patient | safe }}",
        "{% autoescape false %}{{ letter.patient }}{% endautoescape %}",
        "{% filter safe %}{{ letter.patient }}{% endfilter %}",
    ],
)
def test_no_value_becomes_html(template: str, run: Run) -> None:
    """What a case says is printed as it is written there: escaping cannot be turned off."""
    with pytest.raises(BadTemplateError):
        run(template)


@pytest.mark.parametrize(
    "template", ["{{ letter }}", "{{ letter | string }}", "{{ [letter] | string }}"]
)
def test_a_letter_as_a_whole_prints_nothing_of_the_patient(template: str, run: Run) -> None:
    """Things of the contract show no value unless a template names it."""
    text = run(template)
    assert [secret for secret in SECRETS if secret in text] == []


def test_a_link_in_the_folder_leads_nowhere_else(letter: Letter, tmp_path: Path) -> None:
    """A template that is a link to a file elsewhere is not there, however it is asked for."""
    (tmp_path / "outside.html").write_text("SECRET", "utf-8")
    own = tmp_path / "templates"
    (own / "parts").mkdir(parents=True)
    (own / "parts" / "more.html").symlink_to(tmp_path / "outside.html")
    (own / "elsewhere").symlink_to(tmp_path)
    (own / "cover.html").symlink_to(tmp_path / "outside.html")
    for name in ("parts/more.html", "elsewhere/outside.html"):
        (own / "letter.html").write_text(f"{{% include '{name}' %}}", "utf-8")
        with pytest.raises(BadTemplateError, match="a template that it uses is not there"):
            render(letter, [own])
        assert source((own,), name) is None
    with pytest.raises(BadTemplateError):
        render(letter, [own], "", "cover.html")


def test_the_template_folder_itself_may_be_a_link(letter: Letter, tmp_path: Path) -> None:
    """An administrator may keep it elsewhere."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "letter.html").write_text("{{ letter.day }}", "utf-8")
    (tmp_path / "templates").symlink_to(tmp_path / "real")
    assert render(letter, [tmp_path / "templates"]) == letter.day


def test_the_bounds_are_lifted_afterwards(run: Run) -> None:
    """What comes after a letter has its time and memory as before."""
    before = resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGPROF)
    run("{{ letter.day }}")
    refused(run, "{{ 'x' * 4000000000 }}")
    assert before == (resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGPROF))
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_a_letter_can_be_made_outside_of_the_main_thread(run: Run) -> None:
    """There only time is without a bound."""
    with ThreadPoolExecutor(1) as pool:
        assert "3" in pool.submit(run, "{{ 1 + 6 % 4 }}").result()
        with pytest.raises(BadTemplateError, match="memory"):
            pool.submit(run, "{{ 'x' * 4000000000 }}").result()


def test_a_template_that_extends_itself_has_its_own_blocks(tmp_path: Path) -> None:
    """A natural slip of a payer's own letter: the names of blocks are looked up all the same."""
    (tmp_path / "letter.html").write_text('{% extends "letter.html" %}{% block a %}{% endblock %}')
    assert blocks_of((tmp_path,), "letter.html") == ("a",)


def test_a_forgotten_pair_of_parentheses_is_told(letter: Letter, tmp_path: Path) -> None:
    """The text of a function is another in each run: it is no part of a letter."""
    for printed in ("letter.request.upper", "letter.ask"):
        (tmp_path / "letter.html").write_text(f"<p>\n{{{{ {printed} }}}}</p>", "utf-8")
        with pytest.raises(BadTemplateError, match=r"letter\.html:2: error: it prints a function"):
            render(letter, [tmp_path])
