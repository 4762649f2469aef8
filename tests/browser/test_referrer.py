"""What browsers make of a referrer policy: the one we send is the strictest with which forms arrive."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("policy", "origin", "arrives"),
    [
        ("same-origin", "ours", True),
        ("strict-origin", "ours", True),
        ("no-referrer", "null", False),
    ],
)
def test_a_form_arrives_only_if_the_browser_may_say_whence(visit, staff, live_server, policy, origin, arrives):  # fmt: skip
    page, sent = visit(javascript=False), []

    def told(route):
        answer = route.fetch()
        route.fulfill(response=answer, headers=answer.headers | {"referrer-policy": policy})

    page.route("**/sign-in/", lambda route: told(route) if route.request.method == "GET" else route.continue_())  # fmt: skip
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.goto("/sign-in/")
    page.fill("#id_username", staff["student"].account)
    page.fill("#id_password", "a fine password")
    page.click("main button.btn-primary")
    page.wait_for_load_state()
    assert sent[0].all_headers()["origin"] == (live_server.url if origin == "ours" else "null")
    assert ("sign-in" not in page.url) == arrives
