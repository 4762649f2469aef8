"""A compiled query answers as the one it was made from."""

from datetime import date, datetime, timedelta

import pytest
from django.db.models import Q

from hotline.base.compiled import Compiled
from hotline.people.models import Revision, User
from tests.make import NOON, a_user

pytestmark = pytest.mark.django_db


def test_it_answers_what_the_query_would():
    people = [a_user(grade=grade) for grade in ("甲一", "乙二", "丙三")]
    graded = Compiled(
        lambda grade, least: User.objects.filter(Q(grade=grade) | Q(pk__gte=least)).order_by("pk"),
        grade=str, least=int,
    )  # fmt: skip
    assert graded.instances(grade="甲一", least=people[2].pk) == [people[0], people[2]]
    assert graded.instances(grade="乙二", least=people[2].pk + 1) == [people[1]]


def test_its_rows_are_whole_and_can_be_saved():
    user = a_user("甲一", grade="2024级")
    found = Compiled(lambda pk: User.objects.filter(pk=pk), pk=int).instances(pk=user.pk)[0]
    assert {f.attname: getattr(found, f.attname) for f in User._meta.concrete_fields} == {
        f.attname: getattr(user, f.attname) for f in User._meta.concrete_fields if f.attname != "created_at"
    } | {"created_at": found.created_at}  # fmt: skip
    found.grade = "2025级"
    found.save()
    user.refresh_from_db()
    assert user.grade == "2025级"


def test_it_asks_once_and_compiles_once(django_assert_num_queries):
    made = []

    def make(at):
        made.append(at)
        return Revision.objects.filter(at__lt=at).values_list("code")

    query = Compiled(make, at=datetime)
    with django_assert_num_queries(2):
        assert query.rows(at=NOON) == query.rows(at=NOON + timedelta(days=1)) == []
    assert len(made) == 1


def test_it_counts_and_knows_when_no_row_can_be_meant(django_assert_num_queries):
    a_user(grade="甲一"), a_user(grade="乙二")
    of_grade = Compiled(lambda grade: User.objects.filter(grade=grade), grade=str)
    assert of_grade.count(grade="甲一") == 1
    nobody = Compiled(lambda pk: User.objects.filter(pk__in=[]), unused=("pk",), pk=int)
    with django_assert_num_queries(0):
        assert (nobody.count(pk=1), nobody.rows(pk=1), nobody.instances(pk=1)) == (0, [], [])


def test_a_value_that_it_cannot_fill_in_is_an_error():
    forgotten = Compiled(lambda on: User.objects.filter(pk=1), on=date)
    with pytest.raises(ValueError, match="no place"):
        forgotten.rows(on=NOON.date())


def test_a_value_that_becomes_another_is_an_error_and_not_frozen():
    for make in (
        lambda at: Revision.objects.filter(at__lt=at + timedelta(days=1)),
        lambda at: Revision.objects.filter(at__date=at.date()),
        lambda at: Revision.objects.filter(at__lt=at.replace(hour=0)),
    ):
        with pytest.raises(TypeError, match="as they are"):
            Compiled(make, at=datetime).instances(at=NOON)
