import pytest

from local.identity.srp import Challenge, G, N, verifier_of

IDENTITY = b"Pool9user-1"
PASSWORD = "Correct-horse-1"
SALT = 0x63479AD69A090B258277EC8FBA6F9941
SERVER_SECRET = 0xB3EACD33433B31B5252351032C9B3E7A2E7AA7738D5DECDF0DD6C62680853C06
CLIENT_SECRET = 0x948FE603F61DC036B5C596DC09FE3CE3F3D30DC90F024C85F3C82DB2CCAB679D
SECRET_BLOCK = "c2Vzc2lvbi0x"
TIMESTAMP = "Sun Nov 22 12:01:14 UTC 2026"
SIGNATURE = "vhGMaOvWxghmhsOJfmy4TfEznIjPONjoXCbFAR1CLaE="
"""The proof of pycognito 2024.5.1 for this challenge."""


def challenge(password: str = PASSWORD) -> Challenge:
    return Challenge(IDENTITY, pow(G, CLIENT_SECRET, N), SALT, verifier_of(IDENTITY, password, SALT), SERVER_SECRET)


def test_the_proof_of_another_implementation_is_accepted() -> None:
    assert challenge().is_proved(SIGNATURE, SECRET_BLOCK, TIMESTAMP)


def test_the_proof_of_another_password_is_refused() -> None:
    assert not challenge("Correct-horse-2").is_proved(SIGNATURE, SECRET_BLOCK, TIMESTAMP)


def test_a_proof_is_for_one_secret_block_only() -> None:
    assert not challenge().is_proved(SIGNATURE, "c2Vzc2lvbi0y", TIMESTAMP)


def test_a_proof_is_for_one_timestamp_only() -> None:
    assert not challenge().is_proved(SIGNATURE, SECRET_BLOCK, "Sun Nov 22 12:01:15 UTC 2026")


@pytest.mark.parametrize("client_public", [0, N, 2 * N])
def test_a_public_value_that_makes_the_secret_zero_is_refused(client_public: int) -> None:
    with pytest.raises(ValueError, match="multiple of N"):
        Challenge.of("Pool9", "user-1", PASSWORD, client_public)


def test_every_challenge_has_a_salt_and_a_secret_of_its_own() -> None:
    first, second = (Challenge.of("Pool9", "user-1", PASSWORD, 5) for _ in range(2))

    assert first.salt != second.salt
    assert first.public != second.public
