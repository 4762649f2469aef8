"""Every HTTP carrier keeps to its documents, and answers become Sent or our own error."""

import json
from dataclasses import replace

import pytest

from hotline.drivers import aliyun_sms, http_sms, kannel, tencent_sms, wechat_subscribe, wecom
from hotline.drivers.carriers import DeliveryError, Parcel, Sent
from tests.drivers.contracts import Aliyun, Gateway, KannelBox, Robot, Tencent, WechatBox, WecomBox
from tests.drivers.standins import standing

SMS_PARCEL = Parcel(
    to="138 0013 8000",
    text='【南山大学】诉求20261126-0001将于今天18:00到期 "&={secret}\n',
    ref="m123",
    template="SMS_1",
    params={"number": "20261126-0001", "time": "18:00"},
)
CARD = Parcel(
    to="zhangsan",
    text="诉求20261126-0001<b>将</b>到期",
    title="到期提醒",
    ref="m124",
    url="https://hotline.example.edu.cn/desk/cases/1/",
    params={"thing1": "到期提醒", "time2": "18:00"},
    template="tpl",
)
ALL = [
    (Gateway, http_sms.HttpSms, SMS_PARCEL, "g1"),
    (Aliyun, aliyun_sms.AliyunSms, SMS_PARCEL, "9006^1"),
    (Tencent, tencent_sms.TencentSms, SMS_PARCEL, "5000:1"),
    (KannelBox, kannel.Kannel, SMS_PARCEL, ""),
    (WecomBox, wecom.WecomApp, CARD, "ms1"),
    (Robot, wecom.WecomRobot, CARD, ""),
    (WechatBox, wechat_subscribe.WechatSubscribe, CARD, "7"),
]
each = pytest.mark.parametrize(
    ("contract", "carrier", "parcel", "id"), ALL, ids=[c.__name__ for c, *_ in ALL]
)


def refused(carrier, parcel):
    with pytest.raises(DeliveryError) as caught:
        carrier.send(parcel)
    return caught.value


@each
def test_a_message_goes_as_the_documents_say(contract, carrier, parcel, id):
    with standing(contract()) as there:
        ours = carrier(there.contract.settings(there.url))
        assert ours.send(parcel) == Sent(id)
        assert there.contract.taken.total() == 1


@each
def test_connections_are_kept_between_messages(contract, carrier, parcel, id):
    with standing(contract()) as there:
        ours = carrier(there.contract.settings(there.url))
        for _again in range(5):
            ours.send(parcel)
        assert there.contract.taken.total() == 5
        assert there.connections == 1


@pytest.mark.parametrize(
    ("contract", "carrier", "code", "permanent"),
    [
        (Gateway, http_sms.HttpSms, 1001, True),
        (Gateway, http_sms.HttpSms, 2000, False),
        (Aliyun, aliyun_sms.AliyunSms, "isv.MOBILE_NUMBER_ILLEGAL", True),
        (Aliyun, aliyun_sms.AliyunSms, "isv.SMS_TEMPLATE_ILLEGAL", True),
        (Aliyun, aliyun_sms.AliyunSms, "isv.BUSINESS_LIMIT_CONTROL", False),
        (Aliyun, aliyun_sms.AliyunSms, "isv.AMOUNT_NOT_ENOUGH", False),
        (Aliyun, aliyun_sms.AliyunSms, "isp.RAM_PERMISSION_DENY", False),
        (Tencent, tencent_sms.TencentSms, "InvalidParameterValue.IncorrectPhoneNumber", True),
        (Tencent, tencent_sms.TencentSms, "LimitExceeded.PhoneNumberDailyLimit", False),
        (Tencent, tencent_sms.TencentSms, "FailedOperation.InsufficientBalanceInSmsPackage", False),
        (WecomBox, wecom.WecomApp, 45009, False),
        (WecomBox, wecom.WecomApp, 60020, False),
        (WecomBox, wecom.WecomApp, -1, False),
        (WecomBox, wecom.WecomApp, 81013, True),
        (WechatBox, wechat_subscribe.WechatSubscribe, 43101, True),
        (WechatBox, wechat_subscribe.WechatSubscribe, 40003, True),
        (WechatBox, wechat_subscribe.WechatSubscribe, 45009, False),
    ],
)
def test_a_carriers_no_is_final_or_it_is_not(contract, carrier, code, permanent):
    with standing(contract()) as there:
        there.contract.code = code
        parcel = CARD if contract in {WecomBox, WechatBox} else SMS_PARCEL
        error = refused(carrier(there.contract.settings(there.url)), parcel)
        assert (error.code, error.permanent, error.unknown) == (str(code), permanent, False)


def test_tencent_says_a_fault_of_the_whole_call_in_another_place():
    with standing(Tencent()) as there:
        there.contract.error = "AuthFailure.SecretIdNotFound"
        error = refused(tencent_sms.TencentSms(there.contract.settings(there.url)), SMS_PARCEL)
        assert (error.code, error.permanent) == ("AuthFailure.SecretIdNotFound", False)


@pytest.mark.parametrize(
    ("contract", "carrier", "wrong", "code"),
    [
        (Gateway, http_sms.HttpSms, {"secret": "falsch"}, "401"),
        (Aliyun, aliyun_sms.AliyunSms, {"access_key_secret": "falsch"}, "SignatureDoesNotMatch"),
        (Tencent, tencent_sms.TencentSms, {"secret_key": "falsch"}, "AuthFailure.SignatureFailure"),
        (KannelBox, kannel.Kannel, {"password": "falsch"}, "HTTP_403"),
        (WecomBox, wecom.WecomApp, {"secret": "falsch"}, "40001"),
        (WechatBox, wechat_subscribe.WechatSubscribe, {"secret": "falsch"}, "40125"),
    ],
)
def test_a_wrong_secret_can_be_put_right_and_is_no_end_of_a_message(contract, carrier, wrong, code):
    with standing(contract()) as there:
        ours = carrier(replace(there.contract.settings(there.url), **wrong))
        error = refused(ours, CARD if contract in {WecomBox, WechatBox} else SMS_PARCEL)
        assert (error.code, error.permanent, error.unknown) == (code, False, False)
        assert there.contract.taken.total() == 0


@pytest.mark.parametrize(
    ("contract", "carrier", "stale"),
    [
        (WecomBox, wecom.WecomApp, 40014),
        (WecomBox, wecom.WecomApp, 42001),
        (WechatBox, wechat_subscribe.WechatSubscribe, 40001),
        (WechatBox, wechat_subscribe.WechatSubscribe, 42001),
    ],
)
def test_a_token_is_kept_and_renewed_once_when_it_is_refused(contract, carrier, stale):
    with standing(contract()) as there:
        there.contract.stale = stale
        ours = carrier(there.contract.settings(there.url))
        ours.send(CARD)
        ours.send(CARD)
        assert there.contract.issued == 1
        there.contract.expire()
        ours.send(CARD)
        assert there.contract.issued == 2
        assert there.contract.taken["zhangsan"] == 3


def test_a_token_that_is_refused_again_is_not_asked_for_without_end():
    with standing(WecomBox()) as there:
        ours = wecom.WecomApp(there.contract.settings(there.url))
        there.contract.is_current = lambda asked: False
        assert refused(ours, CARD).code == "42001"
        assert len(there.seen) == 4


def test_a_lost_answer_to_the_question_for_a_token_leaves_nothing_unknown():
    with standing(WecomBox()) as there:
        there.moods.append("drop")
        ours = wecom.WecomApp(there.contract.settings(there.url))
        error = refused(ours, CARD)
        assert (error.code, error.unknown) == ("NO_ANSWER", False)
        assert ours.send(CARD) == Sent("ms1")


def test_wecom_says_yes_and_names_those_it_did_not_reach():
    with standing(WecomBox()) as there:
        there.contract.invalid = "zhangsan"
        error = refused(wecom.WecomApp(there.contract.settings(there.url)), CARD)
        assert (error.code, error.permanent) == ("invaliduser", True)


def test_a_card_is_cut_to_what_wecom_takes_and_never_inside_a_character():
    with standing(WecomBox()) as there:
        ours = wecom.WecomApp(there.contract.settings(there.url))
        ours.send(replace(CARD, title="提醒" * 100, text="𬭎" * 1000))
        ours.send(replace(CARD, url="", text="长" * 5000))
        assert there.contract.taken["zhangsan"] == 2


def test_nobody_is_called_by_what_stands_in_a_text():
    with standing(Robot()) as there:
        ours = wecom.WecomRobot(there.contract.settings(there.url))
        ours.send(replace(CARD, text="<@all> 来看"))
        (words,) = there.contract.taken
        assert "<@" not in words
        assert words.endswith("[查看](https://hotline.example.edu.cn/desk/cases/1/)")
    app = wecom.WecomApp(WecomBox().settings("http://127.0.0.1:9"))
    assert refused(app, replace(CARD, to="@all")).permanent


def test_no_title_becomes_a_link_in_a_group():
    with standing(Robot()) as there:
        ours = wecom.WecomRobot(there.contract.settings(there.url))
        evil = "[点此处理](http://evil.example)"
        ours.send(replace(CARD, title=evil, text=f"新工单“{evil}”"))
        (words,) = there.contract.taken
        assert words.count("](") == 1
        assert words.endswith("\n[查看](https://hotline.example.edu.cn/desk/cases/1/)")


def test_the_robot_says_when_it_is_enough_for_this_minute():
    with standing(Robot()) as there:
        ours = wecom.WecomRobot(there.contract.settings(there.url))
        for _again in range(20):
            ours.send(CARD)
        error = refused(ours, CARD)
        assert (error.code, error.permanent) == ("45009", False)


def test_kannel_may_queue_and_is_told_where_to_report():
    with standing(KannelBox()) as there:
        there.contract.queued = True
        ours = kannel.Kannel(there.contract.settings(there.url))
        assert ours.send(SMS_PARCEL) == Sent("")
        query = there.seen[0].query
        assert query["text"] == SMS_PARCEL.text
        assert (query["coding"], query["charset"], query["dlr-mask"]) == ("2", "UTF-8", "19")
        assert query["dlr-url"].endswith("?token=a-token-of-24-characters&ref=m123&status=%d")
        ours.send(replace(SMS_PARCEL, text="Due at 18:00"))
        assert there.seen[1].query["coding"] == "0"
        assert refused(ours, replace(SMS_PARCEL, text="")).permanent


def test_tencent_takes_a_number_with_its_country_and_variables_in_order():
    with standing(Tencent()) as there:
        ours = tencent_sms.TencentSms(there.contract.settings(there.url))
        for number in ("13800138000", "8613800138000", "0086 138-0013-8000", "+85261234567"):
            ours.send(replace(SMS_PARCEL, to=number))
        sent = [json.loads(asked.body) for asked in there.seen]
        assert [each["PhoneNumberSet"] for each in sent] == [["+8613800138000"]] * 3 + [
            ["+85261234567"]
        ]
        assert sent[0]["TemplateParamSet"] == ["20261126-0001", "18:00"]


def test_wechat_takes_short_values_on_one_line_and_pages_of_its_own():
    with standing(WechatBox()) as there:
        ours = wechat_subscribe.WechatSubscribe(there.contract.settings(there.url))
        ours.send(replace(CARD, params={"thing1": "关于宿舍\n热水供应时间的答复已经过单位审核"}))
        ours.send(replace(CARD, url="pages/case?id=1"))
        cut, led = (json.loads(asked.body) for asked in there.seen[1:])
        assert cut["data"]["thing1"]["value"] == "关于宿舍 热水供应时间的答复已经过单位…"
        assert "page" not in cut
        assert led["page"] == "pages/case?id=1"


def test_wechat_says_when_a_template_has_other_variables():
    with standing(WechatBox()) as there:
        ours = wechat_subscribe.WechatSubscribe(there.contract.settings(there.url))
        error = refused(ours, replace(CARD, params={"thing1": ""}))
        assert (error.code, error.permanent) == ("47003", True)
