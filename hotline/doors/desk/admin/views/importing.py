"""Many accounts from a file: upload, see what it would do, confirm. Nothing is kept in between."""

from dataclasses import astuple
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hotline.cases.services import recusing
from hotline.doors.desk.admin import listfile
from hotline.doors.desk.admin.forms.people import ConfirmForm, UploadForm
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.confirm import fresh_to_write
from hotline.doors.ui.middleware import HouseRequest
from hotline.people import services
from hotline.people.models import User
from hotline.people.permissions import P
from hotline.people.services import AccountRow

SALT = "hotline.admin.import"
SECONDS = 3600
SHOWN_MOST = 200  # problems; more of them say nothing new


@require_http_methods(["GET", "POST"])
@only_for(P.PEOPLE)
def upload(request: HouseRequest) -> HttpResponse:
    """Take a file and show what it would do. Nothing is written."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        found: list[AccountRow] = []
        status = outcome(form, lambda: found.extend(_read(form)))
        if status == 200:
            return _checked(request, found)
        return page(request, "import.html", {"form": form, "here": "import"}, status=status)
    return page(request, "import.html", {"form": form, "here": "import"})


def _read(form: UploadForm) -> list[AccountRow]:
    file = form.cleaned_data["file"]
    return listfile.read(file.read(listfile.BYTES_MOST + 1))


@require_POST
@only_for(P.PEOPLE)
@fresh_to_write
def confirm(request: HouseRequest) -> HttpResponse:
    """Import what was checked, in one go."""
    form = ConfirmForm(request.POST)
    rows = _opened(request)
    if not rows:
        messages.error(request, _("检查结果已失效，请重新上传文件。"))
        return redirect("desk:admin_import")
    made: list[Any] = []
    status = outcome(form, lambda: made.extend(_import(request, form, rows)))
    if status != 200:
        return _checked(request, rows, form=form, status=status)
    messages.success(request, _("导入完成，新建账号 %d 个。") % len(made))
    if any(password for _user, password in made):
        context = {"issued": made, "title": _("新账号的初始密码"), "here": "import"}
        return page(request, "issued.html", context)
    return redirect("desk:admin_accounts")


@transaction.atomic
def _import(request: HouseRequest, form: ConfirmForm, rows: list[AccountRow]) -> list[Any]:
    recusing.bind(_renamed(rows))
    return services.import_accounts(
        rows, by=request.actor, at=now(), skip_bad=form.cleaned_data["skip_bad"],
        passwords=form.cleaned_data["passwords"],
    )  # fmt: skip


def _renamed(rows: list[AccountRow]) -> list[int]:
    """Ids of the accounts that a list calls otherwise."""
    names = {row.account.strip(): row.name.strip() for row in rows}
    known = User.objects.filter(account__in=names).only("account", "name")
    return [user.pk for user in known if names[user.account] not in {"", user.name}]


def _checked(
    request: HouseRequest,
    rows: list[AccountRow],
    *,
    form: ConfirmForm | None = None,
    status: int = 200,
) -> HttpResponse:
    checked = services.check_accounts(rows)
    problems = [(p, listfile.LABELS[p.column]) for p in checked.problems[:SHOWN_MOST]]
    context = {
        "checked": checked, "problems": problems, "here": "import",
        "bad_lines": len({problem.line for problem in checked.problems}),
        "form": form or ConfirmForm(initial={"sealed": _sealed(request, rows)}),
    }  # fmt: skip
    return page(request, "import_check.html", context, status=status)


def _sealed(request: HouseRequest, rows: list[AccountRow]) -> str:
    """The lines, signed for this person: what is imported is what was checked."""
    content = [request.actor.user_id, [astuple(row) for row in rows]]
    return signing.dumps(content, salt=SALT, compress=True)


def _opened(request: HouseRequest) -> list[AccountRow]:
    """The lines that were checked; none when the seal is broken, old, or somebody else's."""
    try:
        sealed = request.POST.get("sealed", "")
        owner, rows = signing.loads(sealed, salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError):
        return []
    return [AccountRow(*row) for row in rows] if owner == request.actor.user_id else []
