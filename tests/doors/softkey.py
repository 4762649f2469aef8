"""A passkey without a phone: answers what a browser would, with a key of its own."""

import hashlib
import json
from struct import pack

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as b64


class SoftKey:
    def __init__(self, name=b"soft key of a test", host="testserver", origin="http://testserver"):
        self.id, self.host, self.origin, self.uses = name, host, origin, 0
        self.key = ec.generate_private_key(ec.SECP256R1())

    def created(self, options):
        """The answer to a question for a new key."""
        point = self.key.public_key().public_numbers()
        public = cbor2.dumps({
            1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big"),
        })  # fmt: skip
        about = bytes(16) + pack(">H", len(self.id)) + self.id + public
        data = self._data(flags=0x41, more=about)
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        told = {
            "clientDataJSON": self._client("webauthn.create", options),
            "attestationObject": statement,
        }
        return self._answer(told)

    def signed(self, options):
        """The answer to a question for a signature."""
        self.uses += 1
        data, client = self._data(flags=0x01), self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        )

    def _data(self, *, flags, more=b""):
        return (
            hashlib.sha256(self.host.encode()).digest()
            + bytes([flags])
            + pack(">I", self.uses)
            + more
        )

    def _client(self, kind, options):
        return json.dumps(
            {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        ).encode()

    def _answer(self, response):
        return json.dumps({
            "id": b64(self.id), "rawId": b64(self.id), "type": "public-key",
            "response": {name: b64(value) for name, value in response.items()},
        })  # fmt: skip
