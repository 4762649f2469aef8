"""What an attacker types, and how it is put on the wire: bytes, because a browser of theirs sends any."""

import json
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

MARK = "zq7"
SCRIPT = f"<{MARK} onload=x>'z\"{MARK} y='</script></textarea>{{{{7*7}}}}{{% debug %}}"
RAW = (f"<{MARK}", f'z"{MARK}')

TEXTS = [
    "", " ", "\0", "a\0b", "\u202e\u2066evil", "\ufeff\u200b\u200d", "\u2028\u2029", "Z͑ͫ̓̾" * 50, "𠮷𬭎", "\r\n\r\n",
    "x\r\nSet-Cookie: zq7=1", "A" * 3000, "长" * 70_000, SCRIPT, SCRIPT * 30, "javascript:zq7", "{{7*7}}", "${7*7}",
    "%s%n%d{0}{x.__class__}", "=cmd|'/C calc'!A0", "+1+1", "-1", "@SUM(1)", "\t=1", "' OR 1=1 --", "\\", "%00", "%",
    "../../../../etc/passwd", "C:\\x", "0", "9" * 400, "-" + "9" * 30, "2147483648", "9223372036854775808", "1e309",
    "NaN", "٣", "²", "0x1F", "1_0", "0000-00-00", "9999-12-31", "10000-01-01", "2026-02-30", "24:61", "2026-06-03T99:99",
    "0001-01-01T00:00", "null", "true", "[]", "{}", "[" * 5000, '{"a":' * 500, "not-a-uuid", "on", "https://evil.example/",
    "00000000-0000-0000-0000-000000000000", "~", "~AAAA", "a@b", "x" * 65 + "@x.cn", "+86 139", "１３９",
]  # fmt: skip
BYTES = [
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xc0\x80",
    b"\xf4\x90\x80\x80",
    b"\x80",
    b"\xe5\xbc",
    b"%ED%A0%80",
]

values = st.one_of(
    st.sampled_from([*(text.encode() for text in TEXTS), *BYTES]),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")),
    st.binary(max_size=20),
)

HEADERS = [
    {"Range": "bytes=0-1"}, {"Range": "bytes=-1,5-,x"}, {"If-Modified-Since": "yesterday"},
    {"If-None-Match": '"' + "x" * 4000}, {"If-Modified-Since": "Thu, 01 Jan 99999 00:00:00 GMT"},
    {"Cookie": "sessionid=\x00; csrftoken=;;;=; hotline_proofs=[[[[; hotline_device=%00; messages=x"},
    {"Cookie": "sessionid=" + "a" * 5000}, {"Cookie": "django_language=../../etc"},
    {"Cookie": "messages=W1siX19qc29uX21lc3NhZ2UiLDBd:1:x; hotline_proofs=W10:1:x"},
    {"Accept-Language": "x" * 3000}, {"Accept-Language": "zh;q=9e99,en;q=-1,*;q=nan"}, {"X-Unattended": "zq7"},
    {"HX-Request": "true"}, {"HX-Request": "true", "HX-Target": SCRIPT[:40], "HX-Current-URL": "http://[zq7"},
    {"X-Forwarded-For": "zq7," * 50}, {"X-Forwarded-For": "::1%zq7"}, {"Referer": "http://[zq7"}, {"Origin": "null"},
    {"Content-Length": "-1"}, {"Content-Length": "x"}, {"X-Request-ID": SCRIPT[:60]}, {"User-Agent": "Z͑" * 500},
    {"Accept": "application/xml"}, {"Expect": "100-continue"}, {"Transfer-Encoding": "chunked"}, {},
]  # fmt: skip
KINDS = [
    "application/x-www-form-urlencoded", "application/json", "text/plain", "text/xml", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=\u00e9", "multipart/form-data; boundary=" + "b" * 300,
    "multipart/mixed; boundary=b", "x", "", "application/x-www-form-urlencoded; charset=utf-7", "application/octet-stream",
]  # fmt: skip
BODIES = [
    b"", b"\x00", b"&&==;;", b"a=%", b"=&=", b"[" * 20_000, b'{"a":' * 5000, b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
    b"--b\r\nContent-Disposition: form-data; name=\"words\"; filename=\"../../x.jpg\"\r\n\r\nx\r\n--b--\r\n",
    b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", b"--b\r\n\r\n--b--", b"--b\r\nContent-Disposition: form-data; name*=utf-8''%ED%A0%80\r\n\r\nx\r\n--b--\r\n",
    b"--b\r\nContent-Disposition: form-data; name=\"words\"\r\nContent-Transfer-Encoding: base64\r\n\r\n====\r\n--b--\r\n",
    b"--b\r\nContent-Disposition: form-data; name=\"uploads\"; filename=\"\"\r\n\r\n\r\n--b--\r\n", b"a=1" * 400_000,
    b"&".join(b"f%d=1" % n for n in range(1200)), json.dumps({"words": ["x"], "case": {"x": 1}}).encode(),
]  # fmt: skip


def urlencoded(pairs: list[tuple[str, bytes]]) -> bytes:
    return b"&".join(
        f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}".encode() for name, value in pairs
    )  # fmt: skip


def multipart(pairs: list[tuple[str, bytes]]) -> bytes:
    parts = [
        b'--b\r\nContent-Disposition: form-data; name="' + name.encode().replace(b'"', b"%22") + b'"\r\n\r\n' + value + b"\r\n"
        for name, value in pairs
    ]  # fmt: skip
    return b"".join(parts) + b"--b--\r\n"


WIRES = {
    "application/x-www-form-urlencoded": urlencoded,
    "multipart/form-data; boundary=b": multipart,
}
