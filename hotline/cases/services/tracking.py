"""A request opened by its number and code, by somebody who need not have an account."""

from datetime import datetime

from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid
from hotline.cases import access, numbers
from hotline.cases.models import Case
from hotline.people.models import Gate
from hotline.people.services import tries


def track(number: str, code: str, *, place: str, at: datetime) -> Case:
    """The request that this number and code open, for somebody who comes from that network.

    Raises Invalid when they open none, TooMany after too many that did not from there.
    """
    tries.by_place(Gate.TRACK, place, at=at)
    read = numbers.read(number)
    case = Case.objects.filter(number=read).first() if read else None
    if case is None or not access.opens(case.number or "", code, case.code_hash):
        raise Invalid(_("编号或查询码不正确。请核对：编号和查询码在提交时只显示一次。"))
    tries.give_back(Gate.TRACK, "", place)
    return case
