"""Pages for what went wrong, in the reader's language, saying what to do."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from hotline.base import logs
from hotline.base.refusals import Refusal, TooMany
from hotline.catalog import terms
from hotline.doors.ui.kept import kept_of

AGAIN_SECONDS = 30
AWAY = "ui/away.html"


def page(
    request: HttpRequest, status: int, title: str, words: str, template: str = "ui/error.html",
    more: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """One error page; for HTMX only its message, shown where messages are."""
    context: dict[str, object] = {
        "status": status,
        "title": title,
        "words": words,
        "request_id": logs.request_id.get(),
        **(more or {}),
    }
    if request.headers.get("HX-Request"):
        response = render(request, "ui/_refusal.html", context, status=status)
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML show:top"
        return response
    if template == AWAY:
        context["kept"] = kept_of(request)
    return render(request, template, context, status=status)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    titles = {
        403: _("没有权限"), 409: _("情况已有变化"), 422: _("无法完成"), 429: _("请稍后再试"),
    }  # fmt: skip
    if isinstance(refusal, TooMany):
        return too_many(request, refusal, titles[429])
    return page(request, refusal.status, titles[refusal.status], str(refusal))


def too_many(request: HttpRequest, refusal: TooMany, title: str) -> HttpResponse:
    """429: when to come again; and the numbers to call, for whoever cannot wait."""
    more = {"terms": terms.current()}
    response = page(request, 429, title, str(refusal), "ui/too_many.html", more)
    response["Retry-After"] = str(refusal.seconds)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 400, _("地址有误"), _("这个地址或表单不完整，请返回后重试。"))


def too_large(request: HttpRequest) -> HttpResponse:
    return page(request, 413, _("内容过大"), _("上传的文件合计过大，请减少文件后重试。"))


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 403, _("没有权限"), _("您没有查看这个页面的权限。"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    words = _("这里没有您可以查看的内容。请核对地址或编号；匿名提交的诉求请用编号和查询码查询。")
    return page(request, 404, _("没有找到"), words)


def away(request: HttpRequest, title: str, words: str) -> HttpResponse:
    """503: not now. The page asks nothing of the database, not even who is reading it."""
    response = page(request, 503, title, words, template=AWAY)
    response["Retry-After"] = str(AGAIN_SECONDS)
    response["Cache-Control"] = "private, no-store"
    return response


def read_only(request: HttpRequest) -> HttpResponse:
    words = _(
        "服务器空间不足，暂时只能查看，不能提交。刚才提交的内容没有保存，请稍后再提交；急事请致电热线。"
    )
    return away(request, _("暂时不能提交"), words)


def failed(request: HttpRequest) -> HttpResponse:
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        words = _(
            "系统暂时无法读写数据，正在恢复，请过一会儿重试。刚才提交的内容可能没有保存；急事请致电热线。"
        )
        return away(request, _("暂时无法使用"), words)
    return page(
        request,
        500,
        _("系统出错了"),
        _("操作没有完成，请稍后再试；如多次出现，请致电热线。"),
    )


def store_away(request: HttpRequest) -> HttpResponse:
    return away(request, _("暂时打不开"), _("存放文件的地方暂时没有回应，请稍后再试。"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    words = _(
        "页面停留过久或已在别处登录，表单已失效。请返回上一页，复制已填写的内容，刷新后重新提交。"
    )
    return page(request, 403, _("表单已失效"), words)
