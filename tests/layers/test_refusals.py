"""What is refused is refused in the reader's language, with a status that programs understand."""

from __future__ import annotations

import pytest

from layers.errors import AtlasError, BusyError, UnknownNameError, WordedError
from layers.refusals import fault_in_words
from layers.spec import LANGUAGES, VISITORS_PREFIX
from layers.text import say
from tests.layers.asking import Answer, fetch

REFUSED = [
    ("site.pdf", 404, "file_no_site"),
    ("site.pdf?sel=deposits/badge:ridder", 404, "file_badge"),
    ("compare.pdf", 404, "file_no_compared"),
    ("export/towns.exe", 404, "file_none"),
    ("passport/ridder.exe", 404, "file_none"),
    ("site.pdf?sel=towns/ridder&asof=2013-12", 400, "file_no_date"),
    (f"export/towns.csv?sel={VISITORS_PREFIX}0123/a", 404, "file_of_others"),
]
NOWHERE = ["nope", "screening.csv", "passport/a%2Fb.md", "passport/", "", "layers/towns", "export/towns.csv/more"]


def asked(path: str, method: str = "GET") -> Answer:
    """The answer to an address below the atlas's own, which lies at a path here."""
    return fetch(f"/atlas/api/{path}", "/atlas", method=method)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("path", "status", "key"), REFUSED)
def test_a_file_is_refused_in_the_language_of_the_address(path: str, status: int, key: str, language: str) -> None:
    sign = "&" if "?" in path else "?"
    answer = asked(f"{path}{sign}lang={language}")
    assert answer.status == status
    assert answer.body.decode() == say(language, key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_town_is_named_with_those_that_there_are(language: str) -> None:
    answer = asked(f"passport/atlantis.md?lang={language}")
    assert answer.status == 404
    assert "atlantis" in answer.body.decode()
    assert "zhanaozen" in answer.body.decode()
    assert ("There is no" in answer.body.decode()) == (language == "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_parameter_that_is_not_understood_is_named(language: str) -> None:
    answer = asked(f"export/towns.csv?r=7&lang={language}")
    assert (answer.status, answer.body.decode()) == (400, say(language, "file_not_understood", names="r"))


@pytest.mark.parametrize("query", ["r=50&r=100", "r=zz&r=100", "lang=en&lang=ru", "q=a&r=50&q=b"])
def test_a_parameter_that_says_two_things_is_refused(query: str) -> None:
    answer = asked(f"export/towns.csv?{query}")
    assert answer.status == 400
    assert query.partition("=")[0] in answer.body.decode()
    same = asked("export/towns.csv?r=50&r=50")
    assert same.status == 200


@pytest.mark.parametrize("path", NOWHERE)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_address_that_leads_nowhere_is_not_found(path: str, method: str) -> None:
    assert asked(path, method).status == 404


def test_an_error_without_a_sentence_of_its_own_stays_as_it_is() -> None:
    assert fault_in_words(AtlasError("towns: nothing"), "kk") == "towns: nothing"
    assert fault_in_words(BusyError("busy"), "ru") == say("ru", "file_busy")
    assert fault_in_words(WordedError("blocks_too_many", most=1000), "en") == say("en", "blocks_too_many", most="1,000")
    many = UnknownNameError("town", "x", [str(one) for one in range(UnknownNameError.MOST + 1)])
    assert fault_in_words(many, "ru") == say("ru", "file_unknown", name="x")
