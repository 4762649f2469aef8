"""Files on their way: how far they have come is shown, and nothing is lost where they do not arrive."""

import os

import pytest
from playwright.sync_api import expect

from hotline.cases.models import Case
from tests.browser.test_paths import BODY, photo, send, submit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZE = 1_500_000  # bytes
SPEED = 500_000  # bytes a second: three seconds on the way
NOTED = """() => {
  window.seen = [];
  const box = document.querySelector("[data-files]"), bar = box.querySelector("progress");
  new MutationObserver(() => window.seen.push([bar.hidden, bar.value, box.querySelector("[data-count]").textContent]))
    .observe(box, { subtree: true, childList: true, attributes: true, characterData: true });
}"""


def paper(size=SIZE):
    return {
        "name": "证据.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 " + os.urandom(size),
    }  # fmt: skip


def slowly(page):
    """From now on bytes leave this browser as over a poor connection."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": SPEED,
    })  # fmt: skip
    return wire


@pytest.mark.parametrize(("lang", "words"), [("zh-hans", "正在上传"), ("en", "Uploading")])
def test_a_bar_says_how_far_a_file_has_come(visit, staff, lang, words):
    page = submit(visit(staff["student"], lang=lang))
    page.set_input_files("#id_uploads", [paper()])
    bar = page.locator("[data-files] progress")
    expect(bar).to_be_hidden()
    slowly(page)
    page.evaluate(NOTED)
    page.locator("main form button.btn-primary").last.click()
    expect(bar).to_be_visible()
    page.locator(".number.fs-2").first.wait_for()
    seen = page.evaluate("window.seen")
    parts = [part for hidden, part, _told in seen if not hidden]
    assert parts == sorted(parts)
    assert parts[-1] == 100
    assert [told for hidden, part, told in seen if not hidden and part < 100 and words in told]
    assert Case.objects.get().attachments.get().size == SIZE + len(b"%PDF-1.4 ")


def test_a_draft_that_is_kept_meanwhile_says_nothing_of_the_files(visit, staff):
    """It goes without them: a bar at its end would say that they have arrived."""
    page = submit(visit(staff["student"]))
    page.set_input_files("#id_uploads", [paper(20_000)])
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        page.locator("#id_body").press_sequentially("还有一句。")
    expect(page.locator("#kept")).to_contain_text("草稿已保存")
    expect(page.locator("[data-files] progress")).to_be_hidden()
    expect(page.locator("[data-files] [data-count]")).to_contain_text("已选 1 个")


def test_a_connection_that_breaks_off_leaves_everything_there_to_be_sent_again(visit, staff):
    page = submit(visit(staff["student"]))
    page.set_input_files("#id_uploads", [paper(20_000)])
    wire = slowly(page)
    gone = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    wire.send("Network.emulateNetworkConditions", gone)
    page.get_by_role("button", name="提交", exact=True).click()
    box = page.locator("[data-files]")
    expect(box.locator("[data-count]")).to_contain_text("网络中断")
    expect(box.locator("progress")).to_be_hidden()
    assert page.locator("#id_body").input_value() == BODY
    assert not Case.objects.exclude(state="DRAFT").exists()
    wire.send("Network.emulateNetworkConditions", gone | {"offline": False})
    send(page)
    assert Case.objects.exclude(state="DRAFT").get().attachments.count() == 1


def test_a_file_that_is_refused_is_named_and_the_others_are_still_chosen(visit, staff):
    page = submit(visit(staff["student"]))
    wrong = {"name": "photo.svg", "mimeType": "image/svg+xml", "buffer": b"<svg onload=alert(1)>"}
    page.set_input_files("#id_uploads", [photo(), wrong])
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("#main")).to_contain_text("photo.svg")
    expect(page.locator("#main .form-error").first).to_be_visible()
    assert page.locator("#id_body").input_value() == BODY
    names = "e => [...e.files].map((file) => file.name)"
    assert page.locator("#id_uploads").evaluate(names) == ["空调.jpg", "photo.svg"]
