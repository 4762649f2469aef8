"""An office brings its history along, once and whole."""

import csv
import json
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from hotline.base import bulk
from hotline.cases import queries
from hotline.cases.codes import Channel, Mode, OrderState, State
from hotline.cases.models import Case, Rating, Remark, Reply, Requester, Step, WorkOrder
from hotline.cases.moves import MOVES
from hotline.cases.services import aftercare, handling, intake
from hotline.cases.services.aftercare import CHECKLIST
from hotline.cases.services.given import Words
from hotline.cases.services.handling import Answer
from hotline.catalog import calendars, policy, shelf
from hotline.catalog import services as catalog
from hotline.catalog.models import Category
from hotline.doors.console.importing import words
from hotline.people.models import Unit
from hotline.worktime.clock import ZONE, Limit
from hotline.worktime.clock import Unit as Days
from tests.console.sheets import a_csv, a_row, a_workbook, rows, text
from tests.make import NOON, USUAL, a_case, a_requester, a_user, an_actor, holder

pytestmark = pytest.mark.django_db


def run(file, **options):
    """Import a file; what the command said."""
    out, err = StringIO(), StringIO()
    call_command("import", "cases", str(file), stdout=out, stderr=err, **options)
    return out.getvalue() + err.getvalue()


def bring(tmp_path, *changes):
    """Import a row for each change, and return the requests in their order."""
    run(a_csv(tmp_path, rows(*changes)))
    return list(Case.objects.order_by("legacy_number"))


def faults(file):
    """The report beside a file: line, column and reason of every fault."""
    report = file.with_name(f"{file.stem}.errors.csv")
    with report.open(encoding="utf-8-sig", newline="") as lines:
        return [(int(row["line"]), row["column"], row["reason"]) for row in csv.DictReader(lines)]


def refused(file, **options):
    with pytest.raises(CommandError) as error:
        run(file, **options)
    assert not Case.objects.exists()
    return str(error.value)


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


# --- What a row becomes ------------------------------------------------------------------


def test_a_closed_row_becomes_an_archived_request_with_all_that_belongs_to_it(tmp_path):
    (case,) = bring(tmp_path, {"12345工单号": "SZ-7"})
    assert (case.state, case.number, case.legacy_number) == (State.ARCHIVED, "RX2206-0001-6", "2022-001")  # fmt: skip
    assert (case.channel, case.type.code, case.category.code, case.urgency.code) == ("PHONE", "QZ", "H204", "U2")  # fmt: skip
    assert (case.mode, case.owner, case.city_number) == (Mode.NAMED, None, "SZ-7")
    assert (case.requester.name, case.requester.phone) == ("李小雨", "13912345678")
    assert case.submitted_at == case.accepted_at == local("2022-06-20 09:00")
    assert case.dispatched_at == local("2022-06-20 09:30")
    assert case.first_closed_at == case.closed_at == case.stage_at == local("2022-06-20 16:00")
    assert (case.worked_minutes, case.next_due_at) == (300, None)
    assert (case.answer, case.shown_title) == ("已更换龙头。", "宿舍水龙头漏水")
    order = case.orders.get()
    promise = policy.current().promise(
        case.category, case.urgency, case.type, local("2022-06-20 09:30"), USUAL
    )
    assert (order.unit.code, order.state, order.round) == ("houqin", OrderState.DONE, 1)
    assert (order.respond_due_at, order.due_at) == promise[:2]
    assert case.due_at == case.promised_at == promise.resolve_at
    assert Reply.objects.get().text == "已更换龙头。"
    rating = Rating.objects.get()
    assert (rating.result, rating.source, rating.at) == ("SATISFIED", "IMPORT", case.closed_at)


@pytest.mark.parametrize(
    ("score", "verbs", "result"),
    [
        ("满意", ["rate"], "SATISFIED"),
        ("基本满意", ["rate"], "FAIR"),
        ("不满意", ["contest", "end"], "DISSATISFIED"),
        ("", ["lapse"], None),
        (" 未评价 ", ["lapse"], None),
    ],
)
def test_what_was_closed_is_archived_whatever_was_thought_of_it(tmp_path, score, verbs, result):
    (case,) = bring(tmp_path, {"满意度": score})
    assert case.state == State.ARCHIVED
    told = [step.verb for step in case.steps.order_by("seq")]
    assert told == ["submit", "accept", "dispatch", "sign", "reply", "close", *verbs]
    assert case.ratings.values_list("result", flat=True).first() == result


def test_what_is_open_goes_on_here_and_ends_like_any_other(tmp_path):
    still = {"办结时间": "", "满意度": "", "答复内容": ""}
    sent, unsent = bring(tmp_path, still, still | {"承办单位": "", "派单时间": ""})
    assert (sent.state, unsent.state) == (State.DISPATCHED, State.ACCEPTED)
    order, unit = sent.orders.get(), an_actor("R6", of="houqin")
    assert (order.state, sent.next_due_at) == (OrderState.SENT, order.respond_due_at)
    order.case = sent
    handling.sign(order, by=unit, at=NOON)
    handling.interim(order, words="今天去修。", by=unit, at=NOON)
    handling.reply(order, Answer("已修好。", "RESOLVED"), by=unit, at=NOON)
    aftercare.close(sent, checked=CHECKLIST, by=an_actor("R4"), at=NOON)
    assert (sent.state, sent.version) == (State.CLOSED, 7)


def test_what_was_never_sent_out_is_due_by_the_terms_in_whatever_unit_they_are(tmp_path):
    catalog.set_term("accept_limit", "2wd", by=an_actor("R13"), at=NOON)
    still = {"办结时间": "", "满意度": "", "答复内容": "", "承办单位": "", "派单时间": ""}
    (unsent,) = bring(tmp_path, still)
    due = calendars.current().after(unsent.submitted_at, Limit(2, Days.WORKING_DAY), unsent.urgency)
    assert unsent.next_due_at == due


def test_an_open_row_with_words_in_the_answers_column_keeps_them_as_a_note(tmp_path):
    still = {"办结时间": "", "满意度": "", "答复内容": "已联系厂家，等配件。"}
    sent, unsent = bring(tmp_path, still, still | {"承办单位": "", "派单时间": ""})
    assert (sent.answer, unsent.answer) == ("", "")
    assert [(row.kind, row.text) for row in Remark.objects.order_by("case")] == [
        ("UNIT_NOTE", "已联系厂家，等配件。"), ("NOTE", "已联系厂家，等配件。"),
    ]  # fmt: skip


def test_without_a_unit_the_office_answered_itself_and_without_its_moment_a_dispatch_was_at_once(
    tmp_path,
):
    direct, at_once = bring(tmp_path, {"承办单位": "", "派单时间": ""}, {"派单时间": ""})
    assert (direct.direct, direct.orders.count(), direct.answer) == (True, 0, "已更换龙头。")
    assert at_once.dispatched_at == at_once.orders.get().sent_at == at_once.accepted_at


def test_every_request_has_walked_the_law_and_its_columns_are_what_its_record_says(tmp_path):
    scores, still = ("满意", "基本满意", "不满意", ""), {"办结时间": "", "满意度": ""}
    away = {"承办单位": "", "派单时间": ""}
    changes = [{"满意度": score} | other for score in scores for other in ({}, away)]
    cases = bring(tmp_path, *changes, still, still | away, still | {"答复内容": ""})
    assert len(cases) == 11
    for case in cases:
        steps = list(case.steps.order_by("seq"))
        assert [step.seq for step in steps] == list(range(1, case.version + 1))
        state, at = State.DRAFT, case.submitted_at
        for step in steps:
            law = MOVES[step.verb]
            assert step.before == state, step
            assert state in law.sources, step
            state = law.target or state
            assert step.after == state, step
            assert (step.side, step.at >= at, step.facts["imported"]) == (law.side, True, True)
            at = step.at
        assert case.state == state
        closed = [step.at for step in steps if step.verb in {"answer", "close"}]
        assert [case.first_closed_at, case.closed_at] == (closed * 2 or [None, None])
    connection.check_constraints()


def test_history_reaches_nobody_and_no_step_names_anybody(tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        before = cursor.fetchone()
        bring(tmp_path, {}, {"办结时间": "", "满意度": ""}, {"满意度": "不满意"})
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == before
    told = json.dumps(list(Step.objects.values("text", "facts")), ensure_ascii=False)
    assert not [word for word in ("李小雨", "13912345678", "漏水", "龙头") if word in told]
    assert set(Step.objects.values_list("by", flat=True)) == {None}


def test_what_was_brought_along_opens_on_every_desk(tmp_path, client):
    still = {"办结时间": "", "满意度": ""}
    done, direct, open_ = bring(
        tmp_path, {"满意度": "不满意"}, {"承办单位": "", "派单时间": ""}, still
    )
    boss, contact = holder("R4"), holder("R5", of="houqin")
    paths = [f"/desk/cases/{case.number}/" for case in (done, direct, open_)]
    paths += ["/desk/cases/?q=2022-001", "/figures/?since=2022-01-01&until=2022-12-31"]
    theirs = [f"/unit/orders/{case.orders.get().pk}/" for case in (done, open_)]
    for user, pages in ((boss, paths), (contact, theirs)):
        client.force_login(user, backend="hotline.people.backends.AccountOrPhone")
        assert [client.get(path, follow=True).status_code for path in pages] == [200] * len(pages)


# --- Who asked ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "mode", "name", "phone"),
    [
        ({}, Mode.NAMED, "李小雨", "13912345678"),
        ({"诉求人": ""}, Mode.NAMED, "", "13912345678"),
        ({"诉求人": "", "联系电话": ""}, Mode.ANONYMOUS, "", ""),
        ({"诉求人": "匿名", "联系电话": "无"}, Mode.ANONYMOUS, "", ""),
        ({"诉求人": "匿名"}, Mode.CONFIDENTIAL, "", "13912345678"),
        ({"分类编码": "L104"}, Mode.CONFIDENTIAL, "李小雨", "13912345678"),
        ({"分类编码": "L104", "诉求人": "", "联系电话": ""}, Mode.ANONYMOUS, "", ""),
        ({"联系电话": "１３９ １２３４-５６７８"}, Mode.NAMED, "李小雨", "13912345678"),
        ({"联系电话": "+86 139-1234-5678"}, Mode.NAMED, "李小雨", "13912345678"),
        ({"联系电话": "86960000转8012"}, Mode.NAMED, "李小雨", "86960000转8012"),
        ({"联系电话": "13912345678/13912345679"}, Mode.NAMED, "李小雨", "13912345678"),
    ],
)
def test_the_requester_is_kept_apart_and_no_more_is_shown_than_was_allowed(
    tmp_path, change, mode, name, phone
):
    a_user(name="李小雨", phone="13912345678")
    (case,) = bring(tmp_path, change)
    person = Requester.objects.get()
    assert (case.mode, person.name, person.phone, case.owner) == (mode, name, phone, None)


def test_units_read_a_secret_request_without_its_requester(tmp_path):
    said = "我是李小雨，电话13912345678，王老师一直没有回复。"
    open_, secret = bring(tmp_path, {"内容": said}, {"内容": said, "分类编码": "L104"})
    assert open_.shown_body == "我是李小雨，电话13912345678，███老师一直没有回复。"
    assert secret.shown_body == "我是███，电话███，███老师一直没有回复。"
    assert secret.body == said


# --- Once, and all of it -----------------------------------------------------------------


def test_a_complaint_about_the_office_is_closed_to_the_office_that_brings_it_along(tmp_path):
    Category.objects.filter(code="H204").update(about_office=True)
    shelf.forget()
    about, other = bring(tmp_path, {"分类编码": "H204"}, {"分类编码": "F102"})
    assert (about.seal, about.mode, other.seal) == ("OFFICE", Mode.CONFIDENTIAL, "")
    assert about.steps.get(verb="submit").facts["sealed"] == "OFFICE"
    manager, receiver = an_actor("R4"), an_actor("R9")
    assert queries.visible(manager, about.number) is None
    assert queries.visible(receiver, about.number) == about


def test_the_same_file_twice_adds_nothing_and_a_longer_one_only_what_is_new(tmp_path):
    run(a_csv(tmp_path, rows({}, {})))
    assert "Already there         2" in run(a_csv(tmp_path, rows({}, {})))
    run(a_csv(tmp_path, rows({}, {"标题": "变了也不改"}, {})))
    assert Case.objects.count() == 3
    assert not Case.objects.filter(title="变了也不改").exists()


def test_numbers_run_on_without_gaps_in_the_month_a_request_was_heard_in(tmp_path):
    earlier = [{"受理时间": f"2026-06-0{day} 08:00", "派单时间": "", "办结时间": "", "满意度": ""} for day in (2, 1)]  # fmt: skip
    bring(tmp_path, *earlier, {})
    fresh = intake.submit(Words(body="今天又开始漏水了，请来看看。"), by=a_requester(), at=NOON)
    numbers = Case.objects.order_by("submitted_at").values_list("number", flat=True)
    assert [number[:-2] for number in numbers] == ["RX2206-0001", "RX2606-0001", "RX2606-0002", "RX2606-0003"]  # fmt: skip
    assert fresh.case.number.startswith("RX2606-0003")


def test_one_bad_row_keeps_all_others_out_however_many_were_written_by_then(tmp_path):
    file = a_csv(tmp_path, rows(*[{}] * 1050, {"渠道": "心电感应"}))
    assert "1 bad rows" in refused(file)
    assert not WorkOrder.objects.exists()
    assert faults(file) == [(1052, "渠道", "is not a channel")]
    assert "Imported          1,050" in run(file, skip_bad=True)
    assert Case.objects.count() == 1050


def test_a_dry_run_checks_everything_and_writes_nothing(tmp_path):
    assert "Good                  2: 1 open, 1 closed" in run(
        a_csv(tmp_path, rows({}, {"办结时间": "", "满意度": ""})), dry_run=True
    )
    assert not Case.objects.exists()
    assert not (tmp_path / "history.errors.csv").exists()
    file = a_csv(tmp_path, rows({}, {"类型": "吐槽"}))
    refused(file, dry_run=True)
    assert faults(file) == [(3, "类型", "is not a type of request")]


def test_a_demo_and_an_office_s_history_are_kept_apart(tmp_path):
    case, file = a_case(is_demo=True), a_csv(tmp_path, rows({}))
    with pytest.raises(CommandError, match="A demo is here"):
        run(file)
    assert "Good                  1" in run(file, dry_run=True)
    assert list(Case.objects.all()) == [case]


# --- How offices write -------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_text_file_is_read_in_any_encoding_and_with_any_line_ends(tmp_path, encoding, ends):
    said = "𬭎同学说：“热水，又停了”。\n第二行"
    run(a_csv(tmp_path, rows({"内容": said}), encoding, ends=ends))
    assert Case.objects.get().body == said


def test_line_ends_may_be_mixed_and_empty_rows_lie_between(tmp_path):
    head, one, two, _ = text(rows({}, {})).split("\n")
    file = tmp_path / "mixed.CSV"
    file.write_bytes(f"{head}\r\n\n,,,,\r{one}\n{'　,' * 3}\r\n{two}".encode())
    assert "Rows read             2" in run(file)


def test_a_workbook_gives_what_a_text_file_gives(tmp_path):
    times = {"受理时间": datetime(2022, 6, 20, 9), "派单时间": "2022/6/20 9:30", "办结时间": datetime(2022, 6, 20, 16)}  # noqa: DTZ001  # fmt: skip
    run(a_workbook(tmp_path, [a_row(**times, 联系电话=13912345678, 编号=2022001.0)]))
    case = Case.objects.get()
    assert (case.legacy_number, case.requester.phone) == ("2022001", "13912345678")
    assert case.accepted_at == local("2022-06-20 09:00")
    assert case.closed_at == local("2022-06-20 16:00")


def test_columns_stand_in_any_order_and_in_any_width_and_others_are_ignored(tmp_path):
    columns = [" 办结时间", "内 容", "１２３４５工单号", "分类编码", "备注", "受理时间", "类型", "渠道", "编号"]  # fmt: skip
    table = a_row(**{"12345工单号": "SZ-9"})
    plain = [words.key(name) for name in columns]
    cells = ",".join(table.get(name, "见附件") for name in plain)
    file = tmp_path / "few.csv"
    file.write_text(f"{','.join(columns)}\n{cells}\n", encoding="gb18030")
    assert "Columns that are ignored: 备注." in run(file)
    case = Case.objects.get()
    assert (case.city_number, case.mode, case.direct) == ("SZ-9", Mode.ANONYMOUS, True)
    assert case.title == "三号楼二层的水龙头一直漏水"


def test_the_example_of_the_manual_is_good(tmp_path):
    manual = Path(__file__).parents[2] / "docs" / "import.md"
    _, _, after = manual.read_text(encoding="utf-8").partition("```csv\n")
    file = tmp_path / "manual.csv"
    file.write_text(after.partition("```")[0], encoding="utf-8")
    run(file)
    states = Case.objects.order_by("legacy_number").values_list("state", flat=True)
    assert list(states) == [State.ARCHIVED, State.ARCHIVED, State.DISPATCHED]


@pytest.mark.parametrize("written", ["后勤保障处", "后勤处", "houqin", " 后勤处 ", "学生工作处（部）·武装部", "学工处"])  # fmt: skip
def test_a_unit_is_known_by_its_full_name_its_short_name_and_its_code(tmp_path, written):
    (case,) = bring(tmp_path, {"承办单位": written})
    assert case.lead_unit.code == ("xuegong" if "学" in written else "houqin")


def test_every_channel_and_type_is_known_by_its_own_name_and_by_others(tmp_path):
    assert {words.spelled(words.CHANNELS)[words.key(str(c.label))] for c in Channel} == {*Channel}
    cases = bring(
        tmp_path,
        *({"渠道": word} for word in ("电话", "微信小程序", "网站", "pc", "12345", "校长信箱")),
        *({"类型": word} for word in ("咨询", "意见", "建议", "投诉", "举报类", "ZX", "感谢")),
    )
    assert [case.channel for case in cases[:6]] == ["PHONE", "MINI", "WEB", "WEB", "CITY", "LEADER"]
    assert [case.type.code for case in cases[6:]] == ["ZX", "YJ", "JY", "TS", "JB", "ZX", "BY"]


def test_what_is_disabled_today_may_have_been_in_use(tmp_path):
    Category.objects.filter(code="H204").update(enabled=False)
    Unit.objects.filter(code="houqin").update(enabled=False)
    file = a_csv(tmp_path, rows({}, {"办结时间": "", "满意度": ""}))
    refused(file)
    assert faults(file) == [(3, "承办单位", "is disabled: name the unit that has it now")]
    run(file, skip_bad=True)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2022-06-27 14:05", "2022-06-27 14:05"),
        ("2022-06-27 14:05:30", "2022-06-27 14:05:30"),
        ("2022-06-27T14:05:30.123", "2022-06-27 14:05:30"),
        ("2022/6/27 14:05", "2022-06-27 14:05"),
        ("2022.6.27 9:05", "2022-06-27 09:05"),
        ("2022年6月27日 14:05", "2022-06-27 14:05"),
        ("2022年06月27日14时05分30秒", "2022-06-27 14:05:30"),
        ("２０２２－０６－２７　１４：０５", "2022-06-27 14:05"),
        ("2022-06-27", "2022-06-27 00:00"),
        ("2022-06-27T06:05Z", "2022-06-27 14:05"),
        ("2022-06-27 14:05+08:00", "2022-06-27 14:05"),
        ("2022-06-27T02:05:00-0400", "2022-06-27 14:05"),
    ],
)
def test_a_moment_is_read_as_people_write_it(written, at):
    assert words.moment(written) == local(at)


@pytest.mark.parametrize(
    "written",
    ["昨天", "20220627", "44739.5", "2022-13-01", "2022-02-30", "2022-06-27 24:00", "2022-06-27 14",
     "2022-06-27 下午2:05", "2022-06/27", "22-06-27", "2022年6月", "2022-06-27 14:05 14:06", "14:05",
     "2022-06-2714:05"],
)  # fmt: skip
def test_nonsense_is_no_moment(written):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever datetime itself says
        words.moment(written)


# --- What is wrong -----------------------------------------------------------------------

LONG = "长" * 10_001


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"编号": ""}, "编号", "is empty"),
        ({"编号": "A" * 61}, "编号", "is longer than 60 characters: 61"),
        ({"编号": "㍿" * 20}, "编号", "is longer than 60 characters: 80"),
        ({"渠道": ""}, "渠道", "is empty"),
        ({"渠道": "鸽子"}, "渠道", "is not a channel"),
        ({"类型": "吐槽"}, "类型", "is not a type of request"),
        ({"分类编码": "H999"}, "分类编码", "is not in the catalogue"),
        ({"承办单位": "后勤"}, "承办单位", "is not a unit of the directory"),
        ({"承办单位": "饮食管理科"}, "承办单位", "is not a unit of the directory"),
        ({"承办单位": ""}, "承办单位", "is empty, but 派单时间 is not"),
        ({"内容": " \n "}, "内容", "is empty"),
        ({"内容": LONG}, "内容", "is longer than 10,000 characters: 10,001"),
        ({"答复内容": LONG}, "答复内容", "is longer than 10,000 characters: 10,001"),
        ({"标题": "长" * 81}, "标题", "is longer than 80 characters: 81"),
        ({"诉求人": "某" * 61}, "诉求人", "is longer than 60 characters: 61"),
        ({"联系电话": "1" * 201}, "联系电话", "is longer than 200 characters: 201"),
        ({"内容": "漏\0水"}, "内容", "contains a NUL character"),
        ({"受理时间": "上周三"}, "受理时间", "is not a time such as 2022-06-27 14:05"),
        ({"受理时间": ""}, "受理时间", "is empty"),
        ({"受理时间": "1022-06-20"}, "受理时间", "is before 1990"),
        ({"办结时间": "2222-06-20"}, "办结时间", "is in the future"),
        ({"办结时间": "2022-06-20"}, "办结时间", "is before 受理时间"),
        ({"派单时间": "2022-06-20 08:59"}, "派单时间", "is before 受理时间"),
        ({"派单时间": "2022-06-20 16:01"}, "办结时间", "is before 派单时间"),
        ({"满意度": "很好"}, "满意度", "is none of 满意, 基本满意, 不满意"),
        ({"办结时间": ""}, "满意度", "is given, but 办结时间 is empty"),
        ({"12345工单号": "9" * 61}, "12345工单号", "is longer than 60 characters: 61"),
    ],
)
def test_a_bad_cell_is_told_by_line_column_and_reason(tmp_path, change, column, reason):
    file = a_csv(tmp_path, rows(change))
    assert "1 bad rows" in refused(file)
    assert faults(file) == [(2, column, reason)]


def test_every_fault_of_a_row_is_told_at_once_and_by_the_line_it_begins_on(tmp_path):
    file = a_csv(tmp_path, rows({"内容": "两\n行"}, {"渠道": "?", "类型": "?", "受理时间": "?"}))
    refused(file)
    assert [(line, column) for line, column, _ in faults(file)] == [(4, "受理时间"), (4, "渠道"), (4, "类型")]  # fmt: skip


def test_a_number_stands_only_once_in_a_file_in_whatever_width(tmp_path):
    file = a_csv(tmp_path, rows({"编号": "A-1"}, {}, {"编号": "Ａ－１"}))
    refused(file)
    assert faults(file) == [(4, "编号", "stands in line 2 already")]


def test_rows_that_are_no_rows_are_told_and_do_not_hide_the_next(tmp_path):
    good = text(rows({}, {})).split("\n")
    torn = ["9," * 20 + "9", '"开始了"没有,1', f'"{"长" * 140_000}"', good[2], '"没有结束']
    file = tmp_path / "torn.csv"
    file.write_text("\n".join([*good[:2], *torn]), encoding="utf-8")
    refused(file)
    assert faults(file) == [
        (3, "", "has more cells than the header: a comma in a text without quotation marks?"),
        (4, "", "is not CSV: ',' expected after '\"'"),
        (5, "", "a field is longer than 131,072 characters"),
        (7, "", "a quotation mark is opened and never closed"),
    ]
    run(file, skip_bad=True)
    assert Case.objects.count() == 2


def test_a_report_tells_nothing_about_people_and_opens_as_text(tmp_path):
    table = rows(
        {"渠道": "李小雨", "分类编码": "电话13800000000", "编号": "李小雨202206200001", "标题": "李小雨" * 30, "内容": LONG, "联系电话": "1" * 300},
        {"满意度": "=1+1", "承办单位": "没有这样一个名字很长很长很长很长很长的单位", "编号": "@2"},
    )  # fmt: skip
    file = a_csv(tmp_path, table)
    refused(file, report=tmp_path / "wrong.csv")
    raw = (tmp_path / "wrong.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfline,")
    told = raw.decode("utf-8-sig")
    assert not [word for word in ("李小雨", "1380000", "长长长长长长", "111111") if word in told]
    assert "2,███202206200001,渠道" in told
    assert "'@2,满意度" in told
    assert ",'=1+1" in told
    assert "没有这样一个名字很长很长很长很长很长的…" in told


def test_a_formula_or_an_error_in_a_workbook_is_not_taken_for_a_value(tmp_path):
    file = a_workbook(
        tmp_path, rows({"办结时间": "=NOW()"}, {"渠道": "#N/A"}, {"受理时间": 44732.375})
    )
    refused(file)
    assert faults(file) == [
        (2, "办结时间", "is a formula: put its value there"),
        (3, "渠道", "holds an error"),
        (4, "受理时间", "is not a time such as 2022-06-27 14:05"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xls", b"", "a.xls is neither .csv nor .xlsx."),
        ("a.csv", b"", "The file is empty: the first row must name the columns."),
        ("a.csv", b"\n ,\n", "The file is empty: the first row must name the columns."),
        ("a.csv", "编号,标题\n".encode(), "Columns missing in the first row: 渠道, 类型, 内容, 分类编码, 受理时间, 办结时间."),
        ("a.csv", "编号,渠道,编 号\n".encode(), "Columns that stand there twice: 编号."),
        ("a.csv", "编号".encode("utf-16"), "a.csv is in UTF-16; save it as CSV UTF-8."),
        ("a.csv", b"\x80\xff\xfe\x00", "a.csv is neither UTF-8 nor GB18030 text."),
        ("a.csv", "编号,渠道".encode() + b"\xb1\xe0", "The file is neither UTF-8 nor GB18030 text, or its first row is no header."),
        ("a.csv", b"a" * 1_000_001, "Line 1 is longer than 1,000,000 characters."),
        ("a.xlsx", "编号".encode(), "a.xlsx is not an Excel workbook (.xlsx)."),
        ("a.xlsx", b"PK\x05\x06" + bytes(18), "a.xlsx is not an Excel workbook (.xlsx)."),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_told_in_one_line(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    assert refused(tmp_path / name) == words


def test_a_file_that_is_not_there_or_is_a_folder_is_told_in_one_line(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    assert "cannot be read: No such file" in refused(tmp_path / "none.csv")
    assert "cannot be read: Is a directory" in refused(tmp_path / "folder.csv")


def test_a_report_that_cannot_be_written_stops_the_import(tmp_path):
    file = a_csv(tmp_path, rows({"渠道": "鸽子"}))
    assert "cannot be written" in refused(file, report=tmp_path / "none" / "wrong.csv")
    assert "must not be the file itself" in refused(file, report=file)


# --- Many rows at once -------------------------------------------------------------------


def test_rows_written_by_copy_are_rows_like_any_other():
    case = a_case()
    first, second = bulk.reserve(Case, 2)
    assert second > first > case.pk
    bulk.write([])
    bulk.write([
        Step(case=case, seq=n, verb="note", before="SUBMITTED", after="SUBMITTED", side="OFFICE",
             at=NOON, text="\\N\t\n", facts={"n": n, "words": "引号\"和\\"})
        for n in (7, 8)
    ])  # fmt: skip
    steps = list(Step.objects.order_by("seq"))
    assert [step.facts["n"] for step in steps] == [7, 8]
    assert (steps[0].text, steps[0].facts["words"], steps[0].at) == ("\\N\t\n", '引号"和\\', NOON)
