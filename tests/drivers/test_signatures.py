"""The signatures are those of the examples that the clouds' documents work through."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hotline.drivers import aliyun_sms, tencent_sms
from tests.drivers.contracts import Aliyun, Tencent


def test_aliyun_v3_as_worked_through_for_run_instances():
    settings = replace(
        Aliyun().settings("https://ecs.cn-shanghai.aliyuncs.com"),
        access_key_id="YourAccessKeyId",
        access_key_secret="YourAccessKeySecret",
    )
    headers = aliyun_sms.signed_headers(
        settings,
        action="RunInstances",
        version="2014-05-26",
        params=[
            ("RegionId", "cn-shanghai"),
            ("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"),
        ],
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        nonce="3156853299f313e23d1673dc12e1703d",
    )
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_tencent_v3_as_worked_through_for_describe_instances():
    settings = replace(
        Tencent().settings("https://cvm.tencentcloudapi.com"),
        secret_id="AKID********************************",
        secret_key="********************************",
    )
    body = (
        rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    )
    headers = tencent_sms.signed_headers(
        settings,
        service="cvm",
        action="DescribeInstances",
        body=body,
        at=datetime.fromtimestamp(1551113065, UTC),
    )
    assert headers["Authorization"] == (
        "TC3-HMAC-SHA256 Credential=AKID********************************/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host;x-tc-action, "
        "Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a b", "a%20b"),
        ("*", "%2A"),
        ("~-_.", "~-_."),
        ("南", "%E5%8D%97"),
        ('{"a":1}', "%7B%22a%22%3A1%7D"),
    ],
)
def test_aliyun_wants_everything_but_unreserved_characters_encoded(value, written):
    assert aliyun_sms.canonical_query([("b", value), ("a", "1")]) == f"a=1&b={written}"
