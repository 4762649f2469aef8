"""What each carrier's public documents say it does, as far as sending one message goes."""

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from hotline.drivers.aliyun_sms import AliyunSettings
from hotline.drivers.http_settings import HttpSmsSettings
from hotline.drivers.kannel import KannelSettings
from hotline.drivers.tencent_sms import TencentSettings
from hotline.drivers.wechat_subscribe import WechatSettings
from hotline.drivers.wecom import WecomAppSettings, WecomRobotSettings
from tests.drivers.standins import Answered, Asked, Contract

TOKEN = "a-token-of-24-characters"


def told(status: int = 200, /, **content: Any) -> Answered:
    return status, "application/json", json.dumps(content).encode()


class Gateway(Contract):
    """A campus gateway as HttpSmsSettings describe it by default: JSON, a code, an id."""

    code = 0

    def settings(self, url: str, **other: Any) -> HttpSmsSettings:
        given = {
            "url": f"{url}/send",
            "headers": "Authorization: Bearer {secret}",
            "secret": "geheim-geheim",
            "id_path": "json.data.msgid",
            "permanent": "1001, 1002",
            "receipt_secret": TOKEN,
        }
        return HttpSmsSettings.read(given | other)

    def answer(self, asked: Asked) -> Answered:
        content = json.loads(asked.body)
        if asked.headers["authorization"] != "Bearer geheim-geheim":
            return told(401, code=401, msg="unauthorized")
        if set(content) != {"mobile", "content", "ref"}:
            return told(400, code=400, msg="fields")
        if self.code:
            return told(code=self.code, msg=f"cannot send to {content['mobile']}")
        count = self.take(content["ref"])
        return told(code=0, data={"msgid": f"g{count}"})


class Aliyun(Contract):
    """SendSms 2017-05-25 behind a V3 signature, its codes in the body."""

    code = "OK"
    key, secret = "LTAI-example", "aliyun-secret"

    def settings(self, url: str) -> AliyunSettings:
        return AliyunSettings.read(
            {
                "access_key_id": self.key,
                "access_key_secret": self.secret,
                "sign_name": "南山大学",
                "endpoint": url,
                "receipt_token": TOKEN,
            }
        )

    def answer(self, asked: Asked) -> Answered:
        if not self._signed(asked):
            return told(400, Code="SignatureDoesNotMatch", Message="signature", RequestId="r")
        query = asked.query
        missing = {"PhoneNumbers", "SignName", "TemplateCode"} - query.keys()
        if missing:
            return told(400, Code=f"Missing{missing.pop()}", Message="missing", RequestId="r")
        if not re.fullmatch(r"(\+?86|0086)?1\d{10}", query["PhoneNumbers"]):
            return told(Code="isv.MOBILE_NUMBER_ILLEGAL", Message="number", RequestId="r")
        if not all(isinstance(v, str) for v in json.loads(query["TemplateParam"]).values()):
            return told(Code="isv.INVALID_JSON_PARAM", Message="params", RequestId="r")
        if self.code != "OK":
            return told(Code=self.code, Message=f"no: {query['PhoneNumbers']}", RequestId="r")
        count = self.take(query["OutId"])
        return told(Code="OK", Message="OK", RequestId="r", BizId=f"9006^{count}")

    def _signed(self, asked: Asked) -> bool:
        found = re.fullmatch(
            r"ACS3-HMAC-SHA256 Credential=(\S+?),SignedHeaders=([\w;-]+),Signature=([0-9a-f]{64})",
            asked.headers.get("authorization", ""),
        )
        headers = asked.headers
        required = {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce"}
        if not found or not required <= headers.keys():
            return False
        at = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        names = found[2].split(";")
        signs_all = all(n in names for n in headers if n.startswith("x-acs-") or n == "host")
        query = "&".join(
            f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}"
            for k, v in sorted(asked.query.items())
        )
        body = hashlib.sha256(asked.body).hexdigest()
        canonical = "".join(f"{n}:{headers[n].strip()}\n" for n in names)
        request = f"{asked.method}\n{asked.path}\n{query}\n{canonical}\n{found[2]}\n{body}"
        text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(request.encode()).hexdigest()
        expected = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return (
            found[1] == self.key
            and signs_all
            and names == sorted(names)
            and headers["x-acs-content-sha256"] == body
            and headers["x-acs-action"] == "SendSms"
            and headers["x-acs-version"] == "2017-05-25"
            and abs((datetime.now(UTC) - at).total_seconds()) < 900
            and hmac.compare_digest(expected, found[3])
        )


class Tencent(Contract):
    """SendSms 2021-01-11 behind TC3; a fault of the call in Error, of a number in its status."""

    code = "Ok"
    error = ""
    key, secret = "AKID-example", "tencent-secret"

    def settings(self, url: str) -> TencentSettings:
        return TencentSettings.read(
            {
                "secret_id": self.key,
                "secret_key": self.secret,
                "app_id": "1400006666",
                "sign_name": "南山大学",
                "endpoint": url,
                "receipt_token": TOKEN,
            }
        )

    def answer(self, asked: Asked) -> Answered:
        error = self.error or self._fault(asked)
        if error:
            return told(Response={"Error": {"Code": error, "Message": "no"}, "RequestId": "r"})
        content = json.loads(asked.body)
        status = {
            "SerialNo": f"5000:{self.take(content['SessionContext'])}" if self.code == "Ok" else "",
            "PhoneNumber": content["PhoneNumberSet"][0],
            "Fee": 1,
            "SessionContext": content["SessionContext"],
            "Code": self.code,
            "Message": "said",
            "IsoCode": "CN",
        }
        return told(Response={"SendStatusSet": [status], "RequestId": "r"})

    def _fault(self, asked: Asked) -> str:
        headers = asked.headers
        if headers.get("x-tc-version") != "2021-01-11" or headers.get("x-tc-action") != "SendSms":
            return "InvalidAction"
        if not headers.get("x-tc-region"):
            return "MissingParameter"
        if abs(int(headers["x-tc-timestamp"]) - datetime.now(UTC).timestamp()) > 300:
            return "AuthFailure.SignatureExpire"
        if not self._signed(asked):
            return "AuthFailure.SignatureFailure"
        content = json.loads(asked.body)
        needed = {"PhoneNumberSet", "SmsSdkAppId", "TemplateId", "SignName"}
        if not needed <= content.keys() or not content["TemplateId"]:
            return "MissingParameter"
        if not all(re.fullmatch(r"\+\d{6,20}", number) for number in content["PhoneNumberSet"]):
            return "InvalidParameterValue.IncorrectPhoneNumber"
        return ""

    def _signed(self, asked: Asked) -> bool:
        found = re.fullmatch(
            r"TC3-HMAC-SHA256 Credential=([^/]+)/(\d{4}-\d\d-\d\d)/sms/tc3_request, "
            r"SignedHeaders=(\S+), Signature=([0-9a-f]{64})",
            asked.headers.get("authorization", ""),
        )
        if not found or found[1] != self.key:
            return False
        stamp, names = asked.headers["x-tc-timestamp"], found[3].split(";")
        if datetime.fromtimestamp(int(stamp), UTC).strftime("%Y-%m-%d") != found[2]:
            return False
        lines = "".join(f"{n}:{asked.headers[n].lower().strip()}\n" for n in names)
        hashed = hashlib.sha256(asked.body).hexdigest()
        request = f"{asked.method}\n{asked.path}\n{asked.raw_query}\n{lines}\n{found[3]}\n{hashed}"
        scope = f"{found[2]}/sms/tc3_request"
        digest = hashlib.sha256(request.encode()).hexdigest()
        text = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
        key = b"TC3" + self.secret.encode()
        for part in (found[2], "sms", "tc3_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        expected = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        return {"content-type", "host"} <= set(names) and hmac.compare_digest(expected, found[4])


class KannelBox(Contract):
    """smsbox: its words and statuses, from the user guide's chapter on sendsms."""

    queued = False

    def settings(self, url: str, **other: Any) -> KannelSettings:
        given = {
            "url": f"{url}/cgi-bin/sendsms",
            "username": "hotline",
            "password": "kannel-pass",
            "receipt_url": f"{url}/receipts/kannel",
            "receipt_token": TOKEN,
        }
        return KannelSettings.read(given | other)

    def answer(self, asked: Asked) -> Answered:
        query = asked.query
        if asked.path != "/cgi-bin/sendsms":
            return 404, "text/html", b"Unknown request."
        if (query.get("username"), query.get("password")) != ("hotline", "kannel-pass"):
            return 403, "text/html", b"Authorization failed for sendsms"
        if not query.get("text") or not query.get("to"):
            return 400, "text/html", b"Missing receiver number, rejected"
        if query.get("coding") == "2" and query.get("charset") != "UTF-8":
            return 400, "text/html", b"Charset or body misformed, rejected"
        self.take(query["to"])
        if self.queued:
            return 202, "text/html", b"3: Queued for later delivery"
        return 202, "text/html", b"0: Accepted for delivery"


class Tokened(Contract):
    """Tokens that run out, as those of WeCom and WeChat."""

    code = 0
    token_code = 0
    lives = 7200
    current = 0
    issued = 0

    def renew(self) -> Answered:
        if self.token_code:
            return told(errcode=self.token_code, errmsg="no")
        self.issued += 1
        self.current = self.issued
        return told(errcode=0, errmsg="ok", access_token=f"T{self.current}", expires_in=self.lives)

    def expire(self) -> None:
        """As when somebody else fetched another, or the carrier took it back."""
        self.current = -1

    def is_current(self, asked: Asked) -> bool:
        return asked.query.get("access_token") == f"T{self.current}"


class WecomBox(Tokened):
    """gettoken and message/send."""

    stale = 42001
    invalid = ""

    def settings(self, url: str) -> WecomAppSettings:
        given = {"corp_id": "ww1", "agent_id": "1000002", "secret": "wecom-secret", "endpoint": url}
        return WecomAppSettings.read(given)

    def answer(self, asked: Asked) -> Answered:
        if (asked.method, asked.path) == ("GET", "/cgi-bin/gettoken"):
            known = asked.query == {"corpid": "ww1", "corpsecret": "wecom-secret"}
            return self.renew() if known else told(errcode=40001, errmsg="invalid credential")
        if (asked.method, asked.path) != ("POST", "/cgi-bin/message/send"):
            return 404, "text/html", b""
        if not self.is_current(asked):
            return told(errcode=self.stale, errmsg="access_token expired")
        return self._send(json.loads(asked.body))

    def _send(self, content: dict[str, Any]) -> Answered:
        inside = content[content["msgtype"]]
        if content["msgtype"] == "textcard":
            sizes = [len(inside[n].encode()) for n in ("title", "description", "url")]
            if not all(sizes) or sizes[0] > 128 or sizes[1] > 512 or len(inside["btntxt"]) > 4:
                return told(errcode=40058, errmsg="invalid parameter")
        if not isinstance(content["agentid"], int):
            return told(errcode=40056, errmsg="invalid agentid")
        if self.code:
            return told(errcode=self.code, errmsg=f"hint for {content['touser']}")
        if not self.invalid:
            self.take(content["touser"])
        return told(errcode=0, errmsg="ok", invaliduser=self.invalid, msgid="ms1")


class Robot(Contract):
    """webhook/send, at most ``most`` a minute."""

    most = 20

    def settings(self, url: str) -> WecomRobotSettings:
        return WecomRobotSettings.read({"webhook": f"{url}/cgi-bin/webhook/send?key=robot-key"})

    def answer(self, asked: Asked) -> Answered:
        if asked.query != {"key": "robot-key"}:
            return told(errcode=93000, errmsg="invalid webhook url")
        content = json.loads(asked.body)
        words = content["markdown"]["content"]
        if content["msgtype"] != "markdown" or not 0 < len(words.encode()) <= 4096:
            return told(errcode=40058, errmsg="markdown.content exceed max length 4096")
        if self.taken.total() >= self.most:
            return told(errcode=45009, errmsg="api freq out of limit")
        self.take(words)
        return told(errcode=0, errmsg="ok")


class WechatBox(Tokened):
    """stable_token and message/subscribe/send."""

    stale = 40001

    def settings(self, url: str) -> WechatSettings:
        return WechatSettings.read({"app_id": "wx1", "secret": "wechat-secret", "endpoint": url})

    def answer(self, asked: Asked) -> Answered:
        content = json.loads(asked.body)
        if asked.path == "/cgi-bin/stable_token":
            expected = {
                "grant_type": "client_credential",
                "appid": "wx1",
                "secret": "wechat-secret",
            }
            return self.renew() if content == expected else told(errcode=40125, errmsg="secret")
        if asked.path != "/cgi-bin/message/subscribe/send":
            return 404, "text/html", b""
        if not self.is_current(asked):
            return told(errcode=self.stale, errmsg="invalid credential")
        if not content["template_id"]:
            return told(errcode=40037, errmsg="template")
        values = content["data"].values()
        if any(len(v["value"]) > 20 for n, v in content["data"].items() if n.startswith("thing")):
            return told(errcode=47003, errmsg="argument invalid! data.thing1.value invalid")
        if "://" in content.get("page", ""):
            return told(errcode=41030, errmsg="invalid page")
        if not values or not all(set(v) == {"value"} and v["value"] for v in values):
            return told(errcode=47003, errmsg="argument invalid!")
        if self.code:
            return told(errcode=self.code, errmsg=f"no {content['touser']}")
        self.take(content["touser"])
        return told(errcode=0, errmsg="ok", msgid=7)


def signature(secret: str, body: bytes) -> str:
    """The HMAC a gateway puts over a receipt, in Base64."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
