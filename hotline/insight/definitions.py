"""What each indicator means, in the words that are printed under every table."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Definition:
    """An indicator: its number in docs/domain.md, its name, how it is counted."""

    code: str
    name: str | Promise
    words: str | Promise


DEFINITIONS = (
    Definition("M1", _("接收量、受理量"), _("接收：时段内提交的全部诉求；不予受理：其中截至时点已告知不予受理的；受理：时段内受理的诉求（并入的按人计入；不予受理、截至时点已撤回或已转出的不计）。含热线办直接答复的咨询和 12345 转办件；密封的危机件、纪检件不在任何数字中。")),
    Definition("M2", _("当前办结率"), _("截止时点前受理的诉求中已办结的比例；时段不设起点时，办结率即当前办结率。")),
    Definition("M3", _("办结率"), _("时段内受理的诉求中，截至时点已办结的比例；重办中的按未办结计。")),
    Definition("M4", _("时段内办结量"), _("时段内办结的诉求数，不论何时受理；与受理量之比为办结受理比，可超过 100%，不是办结率。")),
    Definition("M5", _("按时办结率"), _("首轮主办工单到期日在时段内的诉求中，首次办结不晚于到期日的比例；到期未办结的同样计入分母。延期在到期前批准的才改变到期日；到期前已退单、挂起、撤回或转出的不计，直接答复的不计。")),
    Definition("M6", _("平均办结时长（自然小时）"), _("时段内办结的诉求，从提交到最后一次办结，扣除待补充和批准挂起的时间；并列中位数和 P90（九成诉求在此时长内办结），另附到首次办结的平均时长（不扣除暂停）。")),
    Definition("M7", _("平均办结时长（工作时间）"), _("同 M6，按工作日历计工作小时，在单独的表中列出，不与自然小时混用。")),
    Definition("M8", _("1 天、3 天内办结率"), _("时段内受理、且提交已满 24（72）小时的诉求中，提交后 24（72）小时内办结的比例；“天”为 24 小时，不扣除暂停。另附“全部受理”口径：以全部受理量为分母，与旧报表可比。")),
    Definition("M12", _("满意率"), _("时段内的有效评价中满意与基本满意之比例；未评价不算满意，表扬和承办单位所作评价不计，每轮办理一次有效评价。")),
    Definition("M13", _("参评率"), _("有效评价数与时段内送达的评价邀请数（办结次数）之比；低于 30% 标注“样本不足”。")),
)  # fmt: skip
