import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from local.identity.id_token import IdTokenVerifier, UntrustedTokenError

ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool"
CLIENT = "client-1"
POOL_KEY = rsa.generate_private_key(65537, 2048)
FOREIGN_KEY = rsa.generate_private_key(65537, 2048)
PUBLIC_KEY = json.loads(RSAAlgorithm.to_jwk(POOL_KEY.public_key())) | {"kid": "key-1", "alg": "RS256", "use": "sig"}
VERIFIER = IdTokenVerifier(ISSUER, CLIENT, jwt.PyJWKSet([PUBLIC_KEY]))


def token(key: Any = POOL_KEY, algorithm: str = "RS256", key_id: str = "key-1", **changes: Any) -> str:
    now = int(time.time())
    claims = {"sub": "u-1", "iss": ISSUER, "aud": CLIENT, "token_use": "id", "iat": now, "exp": now + 60}
    made = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(made, key, algorithm, headers={"kid": key_id})


@pytest.mark.parametrize("prefix", ["Bearer ", "bearer ", "", "  "])
def test_a_valid_token_is_trusted_with_and_without_the_scheme(prefix: str) -> None:
    assert VERIFIER.claims_of(prefix + token())["sub"] == "u-1"


@pytest.mark.parametrize(
    "untrusted",
    [
        pytest.param("", id="none"),
        pytest.param("Bearer", id="no token after the scheme"),
        pytest.param("Bearer garbage", id="garbage"),
        pytest.param("Basic dTpw", id="another scheme"),
        pytest.param(token(exp=int(time.time()) - 1), id="expired"),
        pytest.param(token(exp=None), id="without an end"),
        pytest.param(token(FOREIGN_KEY), id="signed by another key"),
        pytest.param(token(key_id="key-2"), id="of a key that the pool does not have"),
        pytest.param(token(iss=ISSUER + "2"), id="of another pool"),
        pytest.param(token(aud="client-2"), id="for another client"),
        pytest.param(token(aud=None, client_id=CLIENT, token_use="access"), id="an access token"),
        pytest.param(token(token_use="access"), id="an access token with an audience"),
        pytest.param(token(sub=None), id="without a subject"),
        pytest.param(token("x" * 64, "HS256"), id="signed by a secret"),
        pytest.param(token(None, "none"), id="not signed"),
    ],
)
def test_any_other_token_is_not_trusted(untrusted: str) -> None:
    with pytest.raises(UntrustedTokenError):
        VERIFIER.claims_of(untrusted)
