"""The numbers and texts of our promises that a school may set otherwise, with their defaults.

Each default names its source in docs/domain.md. A school's own values are rows of Term.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from django.utils.translation import gettext_lazy as _

from hotline.base.refusals import Invalid, Words
from hotline.catalog import shelf
from hotline.catalog.models import Term
from hotline.worktime.clock import Limit, Unit

WD = Unit.WORKING_DAY


@dataclass(frozen=True)
class Terms:
    """Days are natural days unless the type is a Limit; percentages are whole numbers."""

    accept_limit: Limit = Limit(30, Unit.MINUTE)  # T05, in staffed hours
    review_limit: Limit = Limit(4, Unit.WORKING_HOUR)  # T19
    decide_limit: Limit = Limit(2, Unit.WORKING_HOUR)  # T12, T13
    need_info_limit: Limit = Limit(3, WD)  # T03
    return_limit: Limit = Limit(1, WD)  # T11: no return later than this after signing in
    rework_limit: Limit = Limit(3, WD)  # T22
    extension_limit: Limit = Limit(15, WD)  # 疑难, counted from the dispatch
    visit_limit: Limit = Limit(2, WD)  # T30
    urgent_accept_limit: Limit = Limit(15, Unit.MINUTE)  # T05, of U1: around the clock
    instruct_limit: Limit = Limit(2, WD)  # T09
    dissatisfied_limit: Limit = Limit(1, WD)  # T22, T23
    extension_decide_limit: Limit = Limit(4, Unit.WORKING_HOUR)  # T15: no decision is no grant
    crisis_limit: Limit = Limit(15, Unit.MINUTE)  # T29: a person within
    alarm_minutes: int = 5  # 2.8: nobody says that they have it: the next name
    urge_answer_limit: Limit = Limit(4, Unit.WORKING_HOUR)  # an urging is answered within
    promise_limit: Limit = Limit(2, WD)  # asked back on the promised day, a unit answers within
    bounces_most: int = 2  # T13: the second re-dispatch must be a designation
    suspend_days_most: int = 30  # T16
    unrated_days: int = 7  # T24
    archive_days: int = 7  # after a refusal, a withdrawal or a referral
    reopen_days: int = 30  # T27
    unit_rating_days: int = 7  # a unit sees the score of a 保密 request no sooner
    urge_hours: int = 24  # between two urgings by the requester
    unmask_minutes: int = 30  # 1.2, △: then it is hidden again; a day at most
    looks_hour_most: int = 60  # different requests that somebody looks at within an hour
    looks_habit_percent: int = 200  # of one's own busiest hour of the last month
    looks_habit_least: int = 15  # below so many in an hour a habit does not count
    looks_search_most: int = 3  # searches for one person in a day
    looks_night_most: int = 5  # requests at night without a shift
    looks_college_most: int = 3  # requests of the own college in a day
    looks_name_staff: int = 0  # 1: a requester reads also the name of who looked
    visit_sample_percent: int = 20  # T30
    visit_tries: int = 3  # T30
    crisis_phone: str = "12356"  # the national psychological line
    crisis_campus_phone: str = ""
    emergency_phones: str = "120 / 110"
    office_phone: str = ""
    sms_signature: str = "师生服务热线"  # before every SMS, as it is registered with the carrier
    sms_daily_most: int = 10  # to one person; what is urgent does not count


LABELS: Mapping[str, Words] = {
    "accept_limit": _("受理时限（值守时间内）"),
    "review_limit": _("答复审核时限"),
    "decide_limit": _("退单审批时限"),
    "need_info_limit": _("诉求人补充时限"),
    "return_limit": _("签收后可退单的时限"),
    "rework_limit": _("重办时限"),
    "extension_limit": _("延期后最长办理时限"),
    "visit_limit": _("办结后回访时限"),
    "urgent_accept_limit": _("紧急件受理时限（全天）"),
    "instruct_limit": _("提请批示后的批示时限"),
    "dissatisfied_limit": _("不满意件决定时限"),
    "extension_decide_limit": _("延期审批时限"),
    "crisis_limit": _("危机件人工介入时限"),
    "alarm_minutes": _("危机告警确认时限（分钟），到时呼叫下一位"),
    "urge_answer_limit": _("诉求人催办后的回应时限"),
    "promise_limit": _("承诺到期后单位反馈时限"),
    "bounces_most": _("最多改派次数"),
    "suspend_days_most": _("挂起最长天数"),
    "unrated_days": _("评价期（天）"),
    "archive_days": _("不予受理、撤回、转出后归档（天）"),
    "reopen_days": _("归档后可重开（天）"),
    "unit_rating_days": _("保密件评分向单位延后公布（天）"),
    "urge_hours": _("催办间隔（小时）"),
    "unmask_minutes": _("查看完整身份的时限（分钟，最长一天）"),
    "looks_hour_most": _("一小时内查看多少件不同诉求即告警"),
    "looks_habit_percent": _("超过本人近 30 天最忙一小时的多少（%）即告警"),
    "looks_habit_least": _("一小时内不足多少件时不与本人习惯比较"),
    "looks_search_most": _("一天内查找同一人多少次即告警"),
    "looks_night_most": _("夜间不当班查看多少件即告警"),
    "looks_college_most": _("一天内查看本学院人员多少件即告警"),
    "looks_name_staff": _("“谁看过我的诉求”显示工作人员姓名（1 显示，0 不显示）"),
    "visit_sample_percent": _("回访抽样比例（%）"),
    "visit_tries": _("回访最多尝试次数"),
    "crisis_phone": _("心理援助热线"),
    "crisis_campus_phone": _("校内危机干预电话"),
    "emergency_phones": _("紧急电话"),
    "office_phone": _("热线电话"),
    "sms_signature": _("短信签名（最多 12 字）"),
    "sms_daily_most": _("每人每天最多短信条数（紧急件不计）"),
}


def current() -> Terms:
    """The terms in force: the school's values over the defaults."""
    return shelf.current().once("terms", _read)


def _read() -> Terms:
    kinds = get_type_hints(Terms)
    return Terms(
        **{
            row.code: parse(kinds[row.code], row.value)
            for row in Term.objects.all()
            if row.code in kinds
        }
    )


def parse(kind: type, value: str) -> Any:
    """Read a stored value; raises Invalid when it cannot be one of that kind."""
    try:
        if kind is Limit:
            return Limit.parse(value)
        if kind is int and not 0 <= int(value) <= 9999:
            raise ValueError
        return kind(value)
    except ValueError:
        words = (
            _("时限须写成 30min、2h、4wh 或 5wd 的形式。")
            if kind is Limit
            else _("须为 0 到 9999 的整数。")
        )
        raise Invalid(words, value=words) from None


def names() -> list[str]:
    return [field.name for field in fields(Terms)]
