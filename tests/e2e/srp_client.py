"""The client's side of Cognito's Secure Remote Password login, as its SDKs for browsers and phones have it."""

import base64
import hmac
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from local.srp import G, N

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

TIMESTAMP = "Sun Nov 22 12:01:14 UTC 2026"


def log_in(
    cognito: "CognitoIdentityProviderClient", user_pool_id: str, client_id: str, email: str, password: str
) -> dict[str, Any]:
    """Log in without sending the password, and return the tokens."""
    private = secrets.randbits(1024)
    public = pow(G, private, N)
    challenge = cognito.initiate_auth(
        ClientId=client_id, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": email, "SRP_A": f"{public:x}"}
    )["ChallengeParameters"]
    identity = user_pool_id.partition("_")[2] + challenge["USER_ID_FOR_SRP"]
    server, salt = int(challenge["SRP_B"], 16), int(challenge["SALT"], 16)

    scrambler = _hash(public, server)
    exponent = _hash(salt, sha256(f"{identity}:{password}".encode()).digest())
    shared = pow(server - _hash(N, G) * pow(G, exponent, N), private + scrambler * exponent, N)
    extracted = hmac.digest(_octets(scrambler), _octets(shared), sha256)
    key = hmac.digest(extracted, b"Caldera Derived Key\x01", sha256)[:16]
    message = identity.encode() + base64.b64decode(challenge["SECRET_BLOCK"]) + TIMESTAMP.encode()
    answer = cognito.respond_to_auth_challenge(
        ClientId=client_id,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses={
            "USERNAME": challenge["USERNAME"],
            "TIMESTAMP": TIMESTAMP,
            "PASSWORD_CLAIM_SECRET_BLOCK": challenge["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(hmac.digest(key, message, sha256)).decode(),
        },
    )
    return dict(answer["AuthenticationResult"])


def _octets(value: int | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.to_bytes(value.bit_length() // 8 + 1, "big")


def _hash(*values: int | bytes) -> int:
    return int.from_bytes(sha256(b"".join(map(_octets, values))).digest(), "big")
