import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.cases.codes import State
from hotline.cases.services import triage
from hotline.notices import services
from hotline.notices.models import Message
from hotline.notices.stories import story_of
from tests.make import NOON, a_case, an_actor

pytestmark = pytest.mark.django_db


def test_a_step_becomes_a_message_and_the_message_is_delivered_into_the_postbox():
    case = a_case(State.SUBMITTED)
    triage.accept(
        case,
        by=an_actor("R3"),
        at=NOON,
        type=case.type,
        category=case.category,
        urgency=case.urgency,
    )
    step = case.steps.get()
    assert ProcrastinateJob.objects.filter(
        task_name="notices.fan_out", args={"step_id": step.pk}
    ).exists()
    assert services.fan_out(story_of(step.pk, at=NOON)) == 1
    assert services.fan_out(story_of(step.pk, at=NOON)) == 0
    message = Message.objects.get()
    assert message.text == f"您的诉求{case.number}“宿舍水龙头漏水”已受理，可登录查看进展。"
    assert services.drain("WECHAT", clock=lambda: NOON, pause=lambda s: None) == 1
    message.refresh_from_db()
    assert message.state == "DELIVERED"
    assert message.attempts.count() == 1
