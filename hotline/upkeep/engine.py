"""The database: its release, its clock, the settings that matter, migrations that wait."""

from datetime import datetime

from django.db import connection
from django.utils.timezone import now
from django.utils.translation import gettext as _

from hotline.upkeep import readiness
from hotline.upkeep.findings import Asked, Finding, Found, good, graded, wrong

RELEASE_LEAST = 15
APART_SECONDS = 5  # promises are counted in minutes, one-time codes in half minutes
GB = 1024**3
QUERY = """
    SELECT clock_timestamp(), current_setting('server_version_num')::int,
           current_setting('fsync'), current_setting('full_page_writes'),
           current_setting('synchronous_commit'), current_setting('server_encoding'),
           current_setting('max_connections')::int, pg_database_size(current_database()),
           (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')
"""


def findings(asked: Asked) -> Found:
    before = now()
    with connection.cursor() as cursor:
        cursor.execute(QUERY)
        told = cursor.fetchone()
    middle = before + (now() - before) / 2
    clock, release, *safety, encoding, most, size, used = told
    yield _clock(clock, middle)
    yield _release(release // 10000, encoding, size)
    yield _safety(*safety)
    yield graded(
        "connections", _("数据库连接"), _("已用 %(used)d，上限 %(most)d") % {"used": used, "most": most},
        _("提高 max_connections，或减少 HOTLINE_WEB_WORKERS × HOTLINE_WEB_THREADS。"),
        bad=used >= most - 3, doubtful=used > most * 0.8,
    )  # fmt: skip
    yield _migrations()


def _clock(theirs: datetime, ours: datetime) -> Finding:
    apart = abs((theirs - ours).total_seconds())
    return graded(
        "clock", _("时钟"), _("与数据库相差 %.1f 秒") % apart,
        _("在每台主机上启用时间同步（chrony 或 systemd-timesyncd）。"), bad=apart > APART_SECONDS,
    )  # fmt: skip


def _release(release: int, encoding: str, size: int) -> Finding:
    words = f"PostgreSQL {release} · {encoding} · {size / GB:.2f} GB"
    todo = _("需要 PostgreSQL 15 或更新版本，编码 UTF8。")
    bad = release < RELEASE_LEAST or encoding != "UTF8"
    return graded("database", _("数据库"), words, todo, bad=bad)


def _safety(fsync: str, pages: str, commit: str) -> Finding:
    off = [name for name, value in (("fsync", fsync), ("full_page_writes", pages),
                                    ("synchronous_commit", commit)) if value == "off"]  # fmt: skip
    if off:
        return wrong(
            "durability", _("断电安全"), _("已关闭：%s") % ", ".join(off),
            _("把这些设置恢复为 on（嵌入式数据库：去掉 HOTLINE_DURABLE=0）。"),
        )  # fmt: skip
    return good("durability", _("断电安全"), _("已确认的内容断电不丢"))


def _migrations() -> Finding:
    waiting = readiness.pending()
    words = _("%d 个升级步骤未执行") % len(waiting) if waiting else _("与程序版本一致")
    return graded(
        "migrations", _("数据库结构"), words, _("运行 hotline migrate。"), bad=bool(waiting)
    )
