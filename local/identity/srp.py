"""The server's side of a login by Secure Remote Password, with the parameters that Cognito uses.

The client proves that it knows the password without sending it: SRP-6a (RFC 5054) in the 3072-bit group of RFC 3526,
with g = 2 and SHA-256. As in Amazon's SDKs, every number is hashed as Java's `BigInteger.toByteArray` writes it.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256

N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
    "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
    "49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D"
    "670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
    "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D"
    "B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
G = 2


def _to_bytes(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hash(*parts: bytes) -> int:
    return int.from_bytes(sha256(b"".join(parts)).digest(), "big")


K = _hash(_to_bytes(N), _to_bytes(G))


def verifier_of(identity: bytes, password: str, salt: int) -> int:
    """Return what a server keeps of a password: enough to check a proof, not to make one."""
    return pow(G, _hash(_to_bytes(salt), sha256(identity + f":{password}".encode()).digest()), N)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One login under way: what was sent to the client, and what is needed to check its proof."""

    identity: bytes
    """The pool's name (its id after the underscore) and the user's id."""
    client_public: int
    salt: int
    verifier: int
    secret: int

    @classmethod
    def of(cls, pool_name: str, user_id: str, password: str, client_public: int) -> "Challenge":
        """Answer a client's public value. Raises `ValueError` for one that would make every password right."""
        if client_public <= 0 or client_public % N == 0:
            raise ValueError("SRP_A must be positive and no multiple of N.")
        identity = f"{pool_name}{user_id}".encode()
        salt = secrets.randbits(128)
        return cls(identity, client_public, salt, verifier_of(identity, password, salt), secrets.randbits(256))

    @property
    def public(self) -> int:
        """The server's public value, `SRP_B`."""
        return (K * self.verifier + pow(G, self.secret, N)) % N

    def is_proved(self, signature: str, secret_block: str, timestamp: str) -> bool:
        """Whether the client's proof over the secret block and its timestamp comes from the right password."""
        scrambler = _hash(_to_bytes(self.client_public), _to_bytes(self.public))
        shared = pow(self.client_public * pow(self.verifier, scrambler, N), self.secret, N)
        extracted = hmac.digest(_to_bytes(scrambler), _to_bytes(shared), sha256)
        key = hmac.digest(extracted, b"Caldera Derived Key\x01", sha256)[:16]
        message = self.identity + base64.b64decode(secret_block) + timestamp.encode()
        proof = base64.b64encode(hmac.digest(key, message, sha256)).decode()
        return hmac.compare_digest(proof.encode(), signature.encode())
