"""What flows through the house: jobs, the worker, messages, gateways, promises, next year's holidays."""

from datetime import datetime

from django.utils.translation import gettext as _

from hotline.catalog import calendars
from hotline.notices import queries, ways
from hotline.rights import ledger
from hotline.rights import queries as rights
from hotline.upkeep import pulse
from hotline.upkeep.findings import Asked, Finding, Found, good, graded, look
from hotline.upkeep.readiness import SILENT_SECONDS, WAITED_SECONDS
from hotline.worktime.clock import day_of

MESSAGE_SECONDS = 1800


def findings(asked: Asked) -> Found:
    yield from _jobs(pulse.queue(asked.at), asked.at)
    yield _messages(asked.at)
    yield _gateways()
    late = sum(pulse.late_clocks(asked.at).values())
    yield good("clocks", _("时限"), _("%d 个时限已过、仍在计时") % late)
    yield _holidays(asked.at)
    yield from _rights(asked.at)


def _jobs(queue: pulse.Queue, at: datetime) -> Found:
    silent, waited = queue.silent(at), queue.waited(at)
    yield graded(
        "worker", _("后台进程"),
        _("没有在运行") if silent is None else _("%d 秒前有心跳") % silent,
        _("启动 hotline serve 或 hotline worker。"), bad=silent is None or silent > SILENT_SECONDS,
    )  # fmt: skip
    yield graded(
        "jobs", _("任务队列"),
        _("待执行 %(todo)d，最久等待 %(minutes)d 分钟")
        % {"todo": queue.jobs.get("todo", 0), "minutes": waited // 60},
        _("增加 HOTLINE_JOB_CONCURRENCY，或查看后台进程的日志。"),
        bad=waited > WAITED_SECONDS, doubtful=waited > WAITED_SECONDS / 5,
    )  # fmt: skip
    idle = queue.idle(at)
    yield graded(
        "jobs-periodic", _("定时任务"), _("%d 分钟前排过") % (idle // 60),
        _("重启后台进程；如仍不排队，查看它的日志。"), bad=idle > WAITED_SECONDS,
    )  # fmt: skip
    failed = queue.jobs.get("failed", 0)
    yield graded(
        "jobs-failed", _("失败的任务"), _("%d 个") % failed,
        _("按日志里的任务号查明原因，再在管理 → 运行状况里重新运行或搁置。"), bad=False, doubtful=failed > 0,
    )  # fmt: skip


def _rights(at: datetime) -> Found:
    """What people are owed of their own data: decisions in time, and to stay forgotten after a restore."""
    late = rights.late(at)
    yield graded(
        "claims", _("个人信息申请"), _("%d 项超过十五天未决定") % late,
        _("请有权限的人员在“个人信息申请”中决定。"), bad=late > 0,
    )  # fmt: skip
    ahead = ledger.is_ahead()
    yield graded(
        "erasures", _("已删除的个人信息"),
        _("数据库恢复到了删除之前") if ahead else _("数据库与删除台账一致"),
        _("运行 hotline retention reapply，再次删除。"), bad=ahead,
    )  # fmt: skip


def _messages(at: datetime) -> Finding:
    waiting = pulse.waiting(at)
    count = sum(n for n, _age in waiting.values())
    oldest = max((age for _n, age in waiting.values()), default=0)
    return graded(
        "messages", _("待发消息"),
        _("%(count)d 条，最久等待 %(minutes)d 分钟") % {"count": count, "minutes": oldest // 60},
        _("查看发送通道的状态：hotline notices。"),
        bad=oldest > MESSAGE_SECONDS, doubtful=oldest > MESSAGE_SECONDS / 3,
    )  # fmt: skip


def _gateways() -> Finding:
    name = _("发送通道")
    if not ways.live():
        return look(
            "gateways",
            name,
            _("测试方式：消息只进测试邮箱"),
            _("正式使用前设置 HOTLINE_NOTICES=live。"),
        )
    out = [gateway.code for gateway in queries.outages()]
    words = _("没有应答：%s") % ", ".join(out) if out else _("全部应答")
    return graded(
        "gateways", name, words, _("在管理页“发送通道”查看，并联系服务商。"), bad=bool(out)
    )


def _holidays(at: datetime) -> Finding:
    today = day_of(at)
    missing = calendars.unknown_year(today)
    return graded(
        "holidays", _("放假安排"),
        _("%d 年未载入，时限是暂定的") % missing if missing else _("已载入到 %d 年") % calendars.years_due(today)[-1],
        _("放假通知公布后运行 hotline calendar load 文件，或在工作日历页载入。"),
        bad=missing == today.year, doubtful=bool(missing),
    )  # fmt: skip
