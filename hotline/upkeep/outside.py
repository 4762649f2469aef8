"""How the platform looks from outside: the certificate of its address, and what time it is elsewhere."""

import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext as _

from hotline.upkeep.findings import Asked, Finding, Found, graded, look, wrong

PATIENCE_SECONDS = 5
DAYS_LOOK, DAYS_WRONG = 21, 7
APART_SECONDS = 10  # a Date header counts whole seconds


def findings(asked: Asked) -> Found:
    if not asked.reach_out:
        return
    url = urlsplit(settings.PUBLIC_URL)
    if url.scheme == "https" and url.hostname:
        yield _certificate(url.hostname, url.port or 443, asked.at)
    if asked.clock_url:
        yield _clock(asked.clock_url)


def _certificate(host: str, port: int, at: datetime) -> Finding:
    name, todo = _("证书"), _("续期证书并重新载入反向代理。")
    try:
        ends = expiry(host, port)
    except ssl.SSLCertVerificationError as error:
        return wrong("certificate", name, _("不被信任：%s") % error.verify_message, todo)
    except (OSError, ValueError):
        return look("certificate", name, _("从本机连不上平台地址"), _("检查域名解析和反向代理。"))
    days = (ends - at).days
    return graded(
        "certificate", name, _("还有 %d 天到期") % days, todo,
        bad=days < DAYS_WRONG, doubtful=days < DAYS_LOOK,
    )  # fmt: skip


def expiry(host: str, port: int, context: ssl.SSLContext | None = None) -> datetime:
    """When the certificate of an address ends. Raises OSError, SSLCertVerificationError."""
    context = context or ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=PATIENCE_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        told = secure.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)


def _clock(url: str) -> Finding:
    name, todo = _("标准时间"), _("启用时间同步（chrony 或 systemd-timesyncd）。")
    try:
        answer = httpx.head(url, timeout=PATIENCE_SECONDS)
        theirs = parsedate_to_datetime(answer.headers["Date"])
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, ValueError):
        return look("time", name, _("没有得到时间"), _("换一个 --clock 地址。"))
    apart = abs((theirs - now()).total_seconds())
    words = _("与 %(host)s 相差 %(seconds)d 秒") % {
        "host": urlsplit(url).hostname,
        "seconds": apart,
    }
    return graded("time", name, words, todo, bad=apart > APART_SECONDS)
