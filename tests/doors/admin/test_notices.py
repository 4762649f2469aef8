"""Templates and gateways: the school's own words, and secrets that no page gives back."""

import pytest

from hotline.notices import services, wording
from hotline.notices.models import Gateway, Message, Template
from hotline.people.models import Revision
from tests.doors.people import client_of
from tests.make import NOON, a_user
from tests.notices.scene import SMS_ONLY, tell
from tools.bench.standin import Counting

pytestmark = pytest.mark.django_db
SMS = "/admin/templates/shift_soon/SMS/zh-hans/"


@pytest.fixture
def client():
    return client_of("R13")


def fill(client, path, **typed):
    """Send a form with what the page itself carries along."""
    seen = client.get(path).context["form"]["seen"].value()
    return client.post(path, {"seen": seen, **typed})


@pytest.mark.parametrize("role", ["R2", "R3", "R5", "R8", "R9", "R12"])
@pytest.mark.parametrize("path", ["/admin/templates/", SMS, "/admin/gateways/", "/admin/postbox/"])
def test_only_those_who_set_up_messages_find_these_pages(role, path):
    assert client_of(role, of="houqin").get(path).status_code in {403, 404}


def test_the_list_shows_every_message_and_the_preview_has_its_sample(client):
    text = client.get("/admin/templates/").content.decode()
    assert all(spec.name in text for spec in wording.specs().values())
    assert "【师生服务热线】您的值班将于6月5日 18:00开始" in client.get(SMS).content.decode()


def test_the_schools_own_words_are_used_until_they_are_taken_back(client):
    assert fill(client, SMS, text="{time}请来值班。").status_code == 302
    assert tell(key="a").text == "6月3日 12:00请来值班。"
    assert "本校已修改" in client.get(SMS).content.decode()
    assert client.post(f"{SMS}reset/").status_code == 302
    assert "请按时接班" in tell(key="b").text
    assert not Template.objects.exists()
    assert Revision.objects.filter(kind="notices.template").count() == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{time}{name}请来。", "没有变量 {name}"),
        ("{time请来。", "花括号"),
        ("{time.year}请来。", "没有变量 {time.year}"),
        ("{time!r}请来。", "没有变量"),
        ("值" * 60, "请缩短"),
        ("第一行\n第二行", "一行"),
        ("", "必填"),
    ],
)
def test_what_cannot_be_sent_is_refused_in_words_and_what_was_typed_stays(client, text, told):
    answer = fill(client, SMS, text=text)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert text[:3] in answer.content.decode()
    assert not Template.objects.exists()


@pytest.mark.parametrize("line", ["thing1 {number:}", "thing 2: {title}", "{title}", ": {title}"])
def test_each_line_of_a_wechat_message_is_a_field_in_order_by_itself(client, line):
    path = "/admin/templates/received/WECHAT/zh-hans/"
    answer = fill(client, path, text=f"character_string1: {{number}}\n{line}")
    assert answer.status_code == 422
    assert "每行写一个字段" in answer.content.decode()
    good = "character_string1: {number}\nthing2: {title}"
    assert fill(client, path, text=good).status_code == 302


def test_a_look_at_the_outcome_saves_nothing(client):
    answer = fill(client, SMS, text="{time}来。", preview="1")
    assert answer.status_code == 200
    assert "【师生服务热线】6月5日 18:00来。" in answer.content.decode()
    assert not Template.objects.exists()


def test_two_who_edit_the_same_words_do_not_overwrite_each_other(client):
    fill(client, SMS, text="{time}甲。")
    answer = client.post(SMS, {"seen": 0, "text": "{time}乙。"})
    assert answer.status_code == 409
    assert "{time}乙。" in answer.content.decode()
    assert Template.objects.get().text == "{time}甲。"


def test_a_title_is_shortened_to_what_is_left_and_no_letter_is_cut_in_two():
    words = wording.wording("accepted", "SMS", "zh-hans")
    for title in ("水龙头漏水" * 20, "😀" * 60, "👨‍👩‍👧" * 20, "é" * 80):
        text = wording.signature() + wording.fill(
            words, {"number": "RX2606-1234567-7", "title": title}
        )
        assert wording.length(text) <= wording.LIMIT
        assert "…" in text
        assert text.encode("utf-8").decode("utf-8") == text
        assert "\u200d…" not in text
        assert "e…\u0301" not in text


# --- Gateways -------------------------------------------------------------------------------

SECRET = "the password of the gateway"


def form(**more):
    return {
        "name": "校园短信", "code": "campus", "per_second": 10, "enabled": "on",
        "own_url": "https://sms.example.edu.cn/send", "own_secret": SECRET, **more,
    } | {f"own_{k}": v for k, v in DEFAULTS.items() if f"own_{k}" not in more}  # fmt: skip


DEFAULTS = {
    "method": "POST", "body_type": "json", "charset": "utf-8", "time_format": "compact",
    "sign_type": "none", "sign_text": "{account}", "success": "status == 200", "code_path": "json.code",
    "body": '{"m": "{to}", "c": "{text}"}', "receipt_auth": "query", "receipt_list": "json",
    "receipt_id": "json.id", "receipt_ref": "json.ref", "receipt_status": "json.s", "receipt_ok": "0",
    "receipt_answer": "ok", "receipt_header": "X",
}  # fmt: skip
NEW = "/admin/gateways/new/http_sms/"


def test_a_gateway_is_set_up_and_its_secret_is_in_no_page_and_no_history(client):
    answer = client.post(NEW, form())
    assert answer.status_code == 302, answer.context["form"].errors
    gateway = Gateway.objects.get()
    assert gateway.secrets["secret"] == SECRET
    for path in ("/admin/gateways/", "/admin/gateways/campus/"):
        assert SECRET not in client.get(path).content.decode()
    assert SECRET not in str(list(Revision.objects.values_list("data", flat=True)))


def test_a_secret_left_empty_stays_and_a_new_one_takes_its_place(client):
    client.post(NEW, form())
    path = "/admin/gateways/campus/"
    assert fill(client, path, **form(own_secret="")).status_code == 302
    assert Gateway.objects.get().secrets["secret"] == SECRET
    fill(client, path, **form(own_secret="another one"))
    assert Gateway.objects.get().secrets["secret"] == "another one"


def test_what_the_driver_does_not_take_is_told_beside_its_field(client):
    answer = client.post(NEW, form(own_url="nonsense"))
    assert answer.status_code == 422
    assert answer.context["form"].errors["own_url"]
    assert "nonsense" in answer.content.decode()
    assert not Gateway.objects.exists()


def test_one_gateway_serves_a_channel(client):
    client.post(NEW, form())
    assert client.post(NEW, form(code="second", name="第二条")).status_code == 302
    assert dict(Gateway.objects.values_list("code", "enabled")) == {"campus": False, "second": True}


def test_a_test_message_goes_out_past_the_outbox_and_tells_what_the_carrier_said(client):
    with Counting() as standin:
        Gateway.objects.create(code="c", name="c", kind="http_sms", channel="SMS", enabled=True, settings=standin.settings)  # fmt: skip
        answer = client.post("/admin/gateways/c/test/", {"to": "13800000000"}, follow=True)
        assert "通道已接收测试消息" in answer.content.decode()
        standin.deaf = True
        answer = client.post("/admin/gateways/c/test/", {"to": "13800000000"}, follow=True)
        assert "HTTP_503" in answer.content.decode()
    assert not Message.objects.exists()


def test_wrong_numbers_typed_as_a_test_do_not_put_a_gateway_out_and_silence_does(client):
    url = "http://127.0.0.1:9/"  # nobody is there
    Gateway.objects.create(code="c", name="c", kind="http_sms", channel="SMS", enabled=True, settings={"url": url})  # fmt: skip
    for number, out in (("no number", False), ("13800000000", True)):
        for _ in range(3):
            client.post("/admin/gateways/c/test/", {"to": number})
        assert (Gateway.objects.get().out_since is not None) is out


def test_a_test_finds_settings_at_which_the_driver_itself_breaks(client):
    settings = {"url": "https://sms.example.edu.cn/", "headers": "X: {secret}"}
    Gateway.objects.create(code="c", name="c", kind="http_sms", channel="SMS", enabled=True, settings=settings, secrets={"secret": "密钥"})  # fmt: skip
    answer = client.post("/admin/gateways/c/test/", {"to": "13800000000"}, follow=True)
    assert "BROKEN" in answer.content.decode()


# --- The test postbox -----------------------------------------------------------------------


def test_the_postbox_shows_what_would_arrive_on_each_channel(client):
    services.tell([a_user()], "shift_soon", {"time": NOON}, key="a", at=NOON, ladder=SMS_ONLY)
    services.tell([a_user()], "trial", {"time": NOON}, key="b", at=NOON)
    text = client.get("/admin/postbox/").content.decode()
    assert "【师生服务热线】您的值班" in text
    assert "测试消息" in text
    assert "值班" not in client.get("/admin/postbox/", {"channel": "WECOM"}).content.decode()


def test_a_live_platform_has_no_postbox(client, settings):
    settings.NOTICES = "live"
    assert client.get("/admin/postbox/").status_code == 404


def test_the_editor_counts_what_can_really_become_of_a_message(client):
    plain = client.get(SMS)
    assert "变量取最长值时" in plain.content.decode()
    assert plain.context["now_length"] <= plain.context["longest"] <= wording.LIMIT
    titled = client.get("/admin/templates/accepted/SMS/zh-hans/")
    room, text = titled.context["title_room"], titled.content.decode()
    assert f"标题还有 {room} 字" in text and "变量取最长值时 " not in text
    words = wording.wording("accepted", "SMS", "zh-hans")
    longest = {"number": "9" * wording.VARIABLES["number"].longest, "title": "长" * 60}
    assert wording.fill(words, longest).count("长") == room - 1  # and an ellipsis


def test_the_history_of_a_template_tells_nothing_of_its_key(client):
    fill(client, SMS, text="{time}请来值班。")
    page = client.get(SMS).content.decode()
    assert "<dt>内容</dt>" in page and "<dt>code</dt>" not in page
