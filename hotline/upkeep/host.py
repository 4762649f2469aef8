"""What this host says of itself: settings, secrets, disk, memory, the files folder, backups."""

import os
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from hotline.base import space
from hotline.upkeep.findings import Asked, Finding, Found, graded, look, wrong
from hotline.upkeep.records import backup, jump

GB = 1024**3
ROOM_LEAST = 5 * GB
MEMORY_LEAST = GB // 2
BACKUP_DAYS, VERIFIED_DAYS = 2, 35
SECRETS = ("secret_key", "backup.key", "keys")


def findings(asked: Asked) -> Found:
    yield from _settings()
    yield _secrets(Path(settings.HOME))
    yield _disk()
    yield _folder(Path(settings.FILES))
    yield from _memory()
    yield _set(asked)
    yield from _backup(asked)


def _settings() -> Found:
    url = settings.PUBLIC_URL
    if settings.DEBUG:
        yield wrong(
            "debug", _("调试模式"), _("调试页会显示个人信息"), _("去掉 HOTLINE_DEBUG 并重启。")
        )
    yield graded(
        "hosts", _("对外域名"), ", ".join(settings.HOSTS) or _("任何域名都会得到应答"),
        _("设置 HOTLINE_HOSTS 为学校使用的域名。"), bad=False, doubtful=not settings.HOSTS,
    )  # fmt: skip
    words = _("仅经 HTTPS 使用") if settings.HTTPS else _("未声明在 HTTPS 之后")
    yield graded(
        "https", "HTTPS", words, _("由反向代理提供 TLS，并设置 HOTLINE_HTTPS=1。"),
        bad=False, doubtful=not settings.HTTPS,
    )  # fmt: skip
    yield graded(
        "url", _("平台地址"), url or _("没有设置，消息里不带链接"),
        _("设置 HOTLINE_URL 为 https:// 开头的平台地址。"),
        bad=False, doubtful=not url.startswith("https://"),
    )  # fmt: skip


def _secrets(home: Path) -> Finding:
    paths = [home / name for name in SECRETS]
    paths += [path for path in (home / "keys").rglob("*") if path.is_file()]
    loose = [path.name for path in paths if path.exists() and path.stat().st_mode & 0o077]
    return graded(
        "secrets", _("密钥文件"),
        _("其他用户可以读取：%s") % ", ".join(loose) if loose else _("只有运行平台的用户可以读取"),
        _("chmod go= 这些文件；如可能已被他人读取，请更换密钥。"), bad=bool(loose),
    )  # fmt: skip


def _disk() -> Finding:
    free, reserve = space.free_bytes(), settings.DISK_RESERVE_BYTES
    words = _("数据目录所在磁盘剩余 %.1f GB") % (free / GB)
    if space.nearly_full():
        words = _("磁盘将满，平台只读：剩余 %.1f GB") % (free / GB)
    return graded(
        "disk", _("磁盘"), words,
        _("清理或扩容；剩余低于 HOTLINE_DISK_RESERVE_MB 时平台只读，有空间后自行恢复。"),
        bad=space.nearly_full(), doubtful=free < max(ROOM_LEAST, 2 * reserve),
    )  # fmt: skip


def _folder(files: Path) -> Finding:
    place = next(path for path in (files, *files.parents) if path.exists())
    allowed = os.access(place, os.W_OK | os.X_OK)
    return graded(
        "files", _("附件目录"), _("可以写入") if allowed else _("不能写入：附件会上传失败"),
        _("把 HOTLINE_HOME/files 交给运行平台的用户。"), bad=not allowed,
    )  # fmt: skip


def _memory() -> Found:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return  # not Linux
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    free = int(told.get("MemAvailable", "0").split()[0]) * 1024
    yield graded(
        "memory", _("内存"), _("可用 %.1f GB") % (free / GB),
        _("减少 HOTLINE_WEB_WORKERS，或增加内存。"), bad=False, doubtful=free < MEMORY_LEAST,
    )  # fmt: skip


def _set(asked: Asked) -> Finding:
    """A jump that is a day old has been looked into."""
    last = jump()
    recent = last is not None and abs(asked.at - last[0]) < timedelta(days=1)
    words = _("没有被拨动")
    if last is not None:
        words = _("%(when)s 被拨动 %(minutes)+d 分钟") % {
            "when": f"{last[0]:%Y-%m-%d %H:%M} UTC", "minutes": round(last[1] / 60),
        }  # fmt: skip
    return graded(
        "clock-set", _("时钟拨动"), words,
        _("查明是谁、为什么拨动了时钟；核对这段时间登记的诉求和时限。"), bad=False, doubtful=recent,
    )  # fmt: skip


def _backup(asked: Asked) -> Found:
    known = backup()
    name, todo = _("备份"), _("每天运行 hotline backup 目录；换用其他方式备份的，请确认它在运行。")
    if known.taken_at is None:
        yield look("backup", name, _("本机没有备份记录"), todo)
        return
    old = asked.at - known.taken_at > timedelta(days=BACKUP_DAYS)
    words = _("最近一次：%s") % f"{known.taken_at:%Y-%m-%d %H:%M} UTC"
    yield graded("backup", name, words, todo, bad=old)
    verified = known.verified_at
    yield graded(
        "backup-verified", _("备份试恢复"),
        _("最近一次：%s") % f"{verified:%Y-%m-%d}" if verified else _("从未试过恢复"),
        _("运行 hotline backup --verify 目录。"),
        bad=False, doubtful=not verified or asked.at - verified > timedelta(days=VERIFIED_DAYS),
    )  # fmt: skip
