"""Where a demo may not be written: beside anything or anybody real."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from hotline.doors.console.management.commands import demo
from tests.make import a_case, a_user, holder


@pytest.mark.django_db
def test_a_demo_is_refused_beside_a_real_request():
    a_case()
    with pytest.raises(CommandError, match="real requests"):
        call_command("demo")
    out = StringIO()
    call_command("demo", "--if-empty", stdout=out)
    assert out.getvalue() == ""


@pytest.mark.django_db
def test_a_demo_is_refused_beside_real_people_but_not_beside_an_administrator():
    holder("R13")
    assert demo.what_is_there() == ""
    a_user()
    with pytest.raises(CommandError, match="real people"):
        call_command("demo")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--cases", "3"], "--cases must be from"), (["--until", "yesterday"], "is not a day")],
)
@pytest.mark.django_db
def test_nonsense_is_refused_in_a_sentence(arguments, words):
    with pytest.raises(CommandError, match=words):
        call_command("demo", *arguments)
