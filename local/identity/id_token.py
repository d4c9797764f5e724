"""The check that a REST API's Cognito authorizer makes of a caller's ID token.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
"""

from dataclasses import dataclass
from typing import Any

import jwt


class UntrustedTokenError(Exception):
    """The token is absent, or not a valid ID token of this pool and client."""


@dataclass(frozen=True, slots=True)
class IdTokenVerifier:
    """Accepts the ID tokens of one client of one user pool, and nothing else."""

    issuer: str
    client_id: str
    keys: jwt.PyJWKSet
    """The pool's public keys."""

    def claims_of(self, authorization: str) -> dict[str, Any]:
        """Return the claims of the token in an Authorization header, with or without `Bearer` before it.

        Raises `UntrustedTokenError` unless it is an ID token, signed by the pool, made for the client and in date.
        """
        token = authorization.strip()
        scheme, _, rest = token.partition(" ")
        if scheme.lower() == "bearer":
            token = rest.strip()
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key(token),
                algorithms=["RS256"],
                audience=self.client_id,
                issuer=self.issuer,
                options={"require": ["sub", "exp", "iat", "aud", "iss"]},
            )
        except jwt.PyJWTError as error:
            raise UntrustedTokenError(str(error)) from error
        if claims.get("token_use") != "id":
            raise UntrustedTokenError("The token is not an ID token.")
        return claims

    def _key(self, token: str) -> jwt.PyJWK:
        key_id = jwt.get_unverified_header(token).get("kid")
        for key in self.keys.keys:
            if key.key_id == key_id:
                return key
        raise jwt.InvalidKeyError("The token names a key that the pool does not have.")
