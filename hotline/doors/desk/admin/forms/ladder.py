"""The form of one rung of the ladder."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.cases.models import ClockKind
from hotline.catalog import shelf
from hotline.catalog.models import ReasonKind
from hotline.doors.desk.admin.forms.rows import RowForm
from hotline.doors.ui.forms import Checks
from hotline.oversight.models import Audience, Rung


def _reasons() -> list[tuple[str, str]]:
    kept = shelf.current()
    rows = kept.reasons_of(ReasonKind.SUPERVISE)
    return [("", "—"), *((row.code, kept.reason(row.code)) for row in rows)]


class RungForm(RowForm):
    kinds = forms.MultipleChoiceField(
        label=_("计时"), choices=ClockKind, widget=Checks, required=False,
        help_text=_("按事件触发的（重办、集中反映、承诺未兑现）不用选。"),
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=_("督办原因"), choices=_reasons, required=False, help_text=_("开具督办单的必选。")
    )
    to = forms.MultipleChoiceField(label=_("通知"), choices=Audience, widget=Checks)

    class Meta:
        model = Rung
        fields = (
            "code", "name", "name_en", "level", "trigger", "amount", "limit", "repeat", "kinds",
            "unless_progress", "opens_slip", "reason", "to", "enabled",
        )  # fmt: skip
        help_texts = {  # noqa: RUF012 - as Django reads it
            "amount": _("百分数，或人数；别的触发填 0。"),
            "limit": _("触发为“超期已达”时填写，如 2wd。"),
            "repeat": _("如 5wd；不填则只触发一次。"),
            "unless_progress": _("派单后有过联系、阶段性答复或答复的，不触发。"),
        }
