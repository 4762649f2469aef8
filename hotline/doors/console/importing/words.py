"""How offices write things down: moments, channels, types, scores, telephone numbers."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final, TypeVar

from hotline.cases.codes import Channel, Score
from hotline.worktime.clock import ZONE

C = TypeVar("C", bound=str)
CHANNELS: Final[Mapping[Channel, str]] = {
    Channel.PHONE: "来电 电话 热线 热线电话 服务热线 来电受理 防疫专线 政务专线",
    Channel.WEB: "PC PC端 PC平台 网页 网站 网上 网络 平台 电脑 web",
    Channel.MINI: "小程序 微信小程序",
    Channel.WECHAT: "公众号/企业微信 公众号 微信公众号 企业微信 企微 微信",
    Channel.VISIT: "来访 走访 现场 上门 来人 当面",
    Channel.LETTER: "来信/邮箱 来信 信件 邮箱 邮件 电子邮件 电子邮箱 email e-mail",
    Channel.LEADER: "领导信箱 校领导信箱 校长信箱 书记信箱 书记校长信箱",
    Channel.CITY: "12345转办 12345 12345热线 12345工单 市民热线",
    Channel.DUTY: "值班移交 值班 值班室 总值班 政务值班",
    Channel.MEDIA: "舆情转入 舆情 网络舆情",
}
TYPES: Final[Mapping[str, str]] = {  # beside the names and codes in the catalogue
    "ZX": "咨询 咨询类 问询 询问",
    "QZ": "求助 求助类 报修",
    "YJ": "意见 意见类 反映",
    "JY": "建议 建议类 提案",
    "TS": "投诉 投诉类",
    "JB": "举报 举报类 检举 控告",
    "BY": "表扬 表扬类 感谢",
    "QT": "其他 其他类 其它",
}
SCORES: Final[Mapping[Score, str]] = {
    Score.SATISFIED: "满意",
    Score.FAIR: "基本满意",
    Score.DISSATISFIED: "不满意",
}  # nothing else: a figure rests on them
UNRATED = frozenset({"", "未评价", "-", "—", "/", "无"})
NOBODY = frozenset({"", "-", "—", "/", "无", "未知", "不详", "未留", "未提供"})
SECRET = frozenset({"匿名", "保密", "匿名用户", "不愿透露"})

DAY = r"(?P<y>\d{4})(?:(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})|年(?P<m2>\d{1,2})月(?P<d2>\d{1,2})日)"
TIME = r"(?P<H>\d{1,2})(?::|时)(?P<M>\d{1,2})(?:(?::|分)(?P<S>\d{1,2})(?:\.\d{1,6})?秒?|分)?"
OFFSET = r"(?P<z>Z|[+-]\d{2}:?\d{2})"
MOMENT = re.compile(rf"{DAY}(?:(?:T|\s+|(?<=日)){TIME}\s*{OFFSET}?)?")
EARLIEST = datetime(1990, 1, 1, tzinfo=ZONE)  # what lies before is a slip


def one_line(text: str) -> str:
    return " ".join(text.split())


def plain(text: str) -> str:
    """A short text in usual widths, on one line, with nothing invisible in it: codes and names."""
    text = unicodedata.normalize("NFKC", text)
    if not text.isascii():
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return one_line(text)


def key(text: str) -> str:
    """What two ways of writing the same word have in common."""
    return "".join(plain(text).split()).casefold()


def spelled(words: Mapping[C, str]) -> dict[str, C]:
    """Every way to write a code: itself, and the words beside it."""
    return {key(word): code for code, row in words.items() for word in [str(code), *row.split()]}


def moment(text: str) -> datetime:
    """Read a moment, of Asia/Shanghai unless it says otherwise. Raises ValueError for anything else."""
    match = MOMENT.fullmatch(plain(text))
    if not match:
        raise ValueError(text)
    part = match.groupdict()
    numbers = (part["y"], part["m"] or part["m2"], part["d"] or part["d2"])
    year, month, day, hour, minute, second = (
        int(n or 0) for n in (*numbers, part["H"], part["M"], part["S"])
    )
    return datetime(year, month, day, hour, minute, second, tzinfo=_zone(part["z"]))


def _zone(text: str | None) -> tzinfo:
    if text is None:
        return ZONE
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def phone_number(text: str, most: int = 20) -> str:
    """A telephone number as we store it. Of several the first; one that is odd stays as it is."""
    first = re.split(r"[/、,;|]|\s{2,}", unicodedata.normalize("NFKC", text).strip())[0]
    digits = re.sub(r"[\s()-]", "", first)
    mobile = re.fullmatch(r"(?:\+?86|0086)?(1[3-9]\d{9})", digits)
    return mobile[1] if mobile else plain(first)[:most]
