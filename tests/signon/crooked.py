"""A provider that does one thing wrong at a time."""

import base64
import hashlib
import http.server
import json
import threading
import time
import urllib.parse

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT = "takehold"


class Crooked:
    """Discovery, keys, authorization without asking anybody, tokens; `twist` changes the claims, or the token."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        self.kid = "one"
        self.published = [(self.kid, self.key)]
        self.claims = {}
        self.header = {}
        self.token = None
        self.issuer_parameter = None
        self.discovery = {}
        self.userinfo = None
        self.nonces = {}
        self.asked = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.get(self)

            def do_POST(self):
                outer.post(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def environment(self, mappings, **more):
        return {
            "TAKEHOLD_AUTH__OIDC__ISSUER": self.url,
            "TAKEHOLD_AUTH__OIDC__CLIENT_ID": CLIENT,
            "TAKEHOLD_AUTH__OIDC__CLIENT_SECRET": "secret",
            "TAKEHOLD_AUTH__OIDC__ROLE_MAPPINGS": json.dumps(mappings),
        } | {f"TAKEHOLD_AUTH__OIDC__{key.upper()}": str(value) for key, value in more.items()}

    @staticmethod
    def answer(handler, body, status=200, headers=()):
        handler.send_response(status)
        for name, value in [("Content-Type", "application/json"), *headers]:
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(json.dumps(body).encode())

    def get(self, handler):
        path, _, query = handler.path.partition("?")
        query = dict(urllib.parse.parse_qsl(query))
        if path == "/.well-known/openid-configuration":
            self.asked += 1
            document = {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/auth",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "userinfo_endpoint": f"{self.url}/me",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
            self.answer(handler, document | self.discovery)
        elif path == "/jwks":
            keys = []
            for kid, key in self.published:
                jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
                keys.append(jwk | {"kid": kid, "use": "sig", "alg": "RS256"})
            self.answer(handler, {"keys": keys})
        elif path == "/auth":
            code = base64.urlsafe_b64encode(hashlib.sha256(query["state"].encode()).digest()).decode()
            self.nonces[code] = query["nonce"]
            back = {"code": code, "state": query["state"]}
            if self.issuer_parameter:
                back["iss"] = self.issuer_parameter
            target = f"{query['redirect_uri']}?{urllib.parse.urlencode(back)}"
            self.answer(handler, {}, 302, [("Location", target)])
        elif path == "/me":
            self.answer(handler, self.userinfo if self.userinfo is not None else {"sub": "sub-ada"})

    def post(self, handler):
        length = int(handler.headers["Content-Length"])
        form = dict(urllib.parse.parse_qsl(handler.rfile.read(length).decode()))
        nonce = self.nonces.pop(form.get("code", ""), None)
        if nonce is None:
            self.answer(handler, {"error": "invalid_grant", "error_description": "This code is spent."}, 400)
            return
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "sub-ada",
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "email": "ada@example.com",
            "email_verified": True,
            "groups": ["staff"],
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": self.kid} | self.header)
        token = self.token(claims) if self.token else signed
        self.answer(handler, {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": token})


def unsigned(claims):
    return jwt.encode(claims, None, algorithm="none")


def signed_with_secret(claims):
    return jwt.encode(claims, "secret", algorithm="HS256")


def signed_by_other(claims):
    other = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    return jwt.encode(claims, other, algorithm="RS256", headers={"kid": "one"})
