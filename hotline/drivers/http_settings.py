"""What has to be said about an SMS gateway so that no code need be written for it."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from hotline.base.refusals import Words
from hotline.drivers import templates, wire
from hotline.drivers.asked import Settings, asked
from hotline.drivers.expressions import Misspelt, expression, path

SIGNS = ("none", "md5", "sha256", "hmac-sha256", "hmac-sha256-base64")
MESSAGE = frozenset({"to", "text", "ref"})
OURS = frozenset({"account", "secret", "time", "nonce"})


@dataclass(frozen=True, kw_only=True)
class HttpSmsSettings(Settings):
    """How one gateway is asked, how its yes is known, and how it reports."""

    url: str = asked(
        _("接口地址"), _("以 https:// 开头；问号后面的参数里可用 {to}、{text} 等占位符。")
    )
    method: str = asked(
        _("请求方法"), default="POST", choices=(("POST", "POST"), ("GET", "GET"), ("PUT", "PUT"))
    )
    headers: str = asked(
        _("请求头"), _("每行一个，如 Authorization: Bearer {secret}。"), default="", lines=True
    )
    body_type: str = asked(
        _("正文格式"), default="json", choices=(("json", "JSON"), ("form", _("表单")))
    )
    body: str = asked(
        _("正文模板"),
        _(
            "占位符：{to} 号码、{text} 全文、{ref} 我方编号、{account}、{secret}、{time}、{nonce}、{sign}。"
        ),
        default='{"mobile": "{to}", "content": "{text}", "ref": "{ref}"}',
        lines=True,
    )
    charset: str = asked(
        _("表单编码"),
        _("只用于表单和地址中的参数。"),
        default="utf-8",
        choices=(("utf-8", "UTF-8"), ("gb18030", "GBK / GB18030")),
    )
    account: str = asked(_("账号"), _("填入占位符 {account}。"), default="")
    secret: str = asked(_("密钥或密码"), _("填入占位符 {secret}。"), default="", secret=True)
    time_format: str = asked(
        _("时间格式"),
        _("占位符 {time} 的写法。"),
        default="compact",
        choices=(("compact", "20261126104000"), ("unix", "1795660800"), ("milli", "1795660800000")),
    )
    sign_type: str = asked(
        _("签名算法"),
        _("占位符 {sign} 的算法，结果为小写十六进制或 Base64。"),
        default="none",
        choices=tuple((name, name) for name in SIGNS),
    )
    sign_text: str = asked(
        _("待签名内容"), _("如 {account}{secret}{time}。"), default="{account}{secret}{time}"
    )
    success: str = asked(
        _("成功条件"),
        _("可用 status、text、json.字段；==、!=、<、>、in、contains、startswith、and、or、not。"),
        default="status == 200 and json.code == 0",
    )
    code_path: str = asked(_("错误码位置"), _("如 json.code。"), default="json.code")
    id_path: str = asked(_("流水号位置"), _("如 json.data.msgid；没有则留空。"), default="")
    permanent: str = asked(
        _("不必重试的错误码"), _("以逗号分隔，如空号、黑名单、内容违规。"), default=""
    )
    receipt_auth: str = asked(
        _("回执的验证方式"),
        _("短信平台回调本系统时如何证明身份。"),
        default="query",
        choices=(
            ("query", _("回调地址中的 token 参数")),
            ("header", _("请求头中的密钥")),
            ("hmac", _("请求头中正文的 HMAC-SHA256")),
        ),
    )
    receipt_header: str = asked(_("回执的请求头名称"), default="X-Signature")
    receipt_secret: str = asked(
        _("回执密钥"), _("至少 16 个字符；留空则不接收回执。"), default="", secret=True
    )
    receipt_list: str = asked(
        _("回执列表的位置"),
        _("如 json.reports；正文本身就是列表或单个回执时填 json。"),
        default="json",
    )
    receipt_id: str = asked(_("回执中流水号的位置"), default="json.msgid")
    receipt_ref: str = asked(_("回执中我方编号的位置"), default="json.ref")
    receipt_status: str = asked(_("回执中状态的位置"), default="json.status")
    receipt_ok: str = asked(_("表示送达的状态"), _("以逗号分隔。"), default="DELIVRD,0")
    receipt_answer: str = asked(_("收到回执后应答的正文"), default="ok")

    def faults(self) -> dict[str, Words]:
        return _receipt_faults(self) | _template_faults(self) | _misspelt(self)


PATHS = ("code_path", "id_path", "receipt_list", "receipt_id", "receipt_ref", "receipt_status")


def _misspelt(settings: HttpSmsSettings) -> dict[str, Words]:
    """A path may be empty: then there is nothing to look for. What means yes has to be said."""
    found: dict[str, Words] = {}
    for field, reads in {"success": expression, **dict.fromkeys(PATHS, path)}.items():
        source = getattr(settings, field)
        if source or field == "success":
            try:
                reads(source)
            except Misspelt as fault:
                found[field] = str(fault)
    return found


def _receipt_faults(settings: HttpSmsSettings) -> dict[str, Words]:
    """A gateway that reports has to say of which message, and what means that it arrived."""
    if not settings.receipt_secret:
        return {}
    needed = _("接收回执时须填写这一项，否则送达的也会被当作没有送达。")
    found: dict[str, Words] = {
        field: needed
        for field in ("receipt_status", "receipt_ok")
        if not getattr(settings, field).strip(" ,，")
    }
    if not (settings.receipt_id or settings.receipt_ref):
        found["receipt_id"] = _("接收回执时，流水号和我方编号的位置至少填写一项。")
    if len(settings.receipt_secret) < 16:
        found["receipt_secret"] = _("回执密钥至少 16 个字符。")
    return found


def _template_faults(settings: HttpSmsSettings) -> dict[str, Words]:
    found: dict[str, Words] = {}
    base = settings.url.partition("?")[0]
    if not wire.is_address(base) or templates.places(base):
        found["url"] = _("请填写以 http:// 或 https:// 开头的地址，占位符只能放在问号之后。")
    known = MESSAGE | OURS | {"sign"}
    for field, allowed in {
        "url": known,
        "body": known,
        "headers": known - {"to", "text"},
        "sign_text": MESSAGE | OURS,
    }.items():
        if templates.places(getattr(settings, field)) - allowed:
            found.setdefault(field, _("含有这里不能使用的占位符。"))
    try:
        templates.fill_headers(settings.headers, {})
    except ValueError:
        found.setdefault("headers", _("请每行写一个“名称: 值”。"))
    try:
        templates.fill_headers(
            settings.headers, {"account": settings.account, "secret": settings.secret}
        )
    except ValueError:
        found.setdefault(
            "headers", _("账号或密钥填入请求头后含有不能发送的字符，只能用英文字母、数字和符号。")
        )
    is_json = settings.body_type == "json" and settings.method != "GET"
    if is_json and wire.read_json(settings.body.encode()) is None:
        found.setdefault("body", _("正文模板应是合法的 JSON。"))
    return found
