"""The refusals of Cognito that a sign-in form shows, in Cognito's words.

https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
"""


class CognitoError(Exception):
    """An error as Cognito answers it: its type and its message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


WRONG_PASSWORD = "NotAuthorizedException", "Incorrect username or password."
WRONG_CODE = "CodeMismatchException", "Invalid verification code provided, please try again."
NO_CODE = "ExpiredCodeException", "Invalid code provided, please request a code again."
EMAIL_TAKEN = "UsernameExistsException", "An account with the given email already exists."
CONFIRMED_BEFORE = "NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"
NOTHING_TO_RESEND = "InvalidParameterException", "User is already confirmed."
NOT_RESETTABLE = (
    "InvalidParameterException",
    "Cannot reset password for the user as there is no registered/verified email or phone_number",
)
UNREADABLE = "SerializationException", "The body is not JSON, or a member is not of its type."
BAD_SRP_A = "InvalidParameterException", "SRP_A is not a public value of SRP."


def as_cognito_says(kind: str, message: str) -> CognitoError:
    """Return the error for one of moto's, which tells who has an account; an app client of ours hides that."""
    said = {"UserNotFoundException": WRONG_PASSWORD, "UsernameExistsException": EMAIL_TAKEN}
    return CognitoError(*said.get(kind, (kind, message)))


def no_such_client(client_id: str) -> CognitoError:
    """Return the error for an app client that no pool has."""
    return CognitoError("ResourceNotFoundException", f"User pool client {client_id} does not exist.")


def refusal_of(error: Exception) -> CognitoError:
    """Return how Cognito would refuse a call that it can't read, or that this machine's pool does not have."""
    match error:
        case CognitoError():
            return error
        case NotImplementedError():
            return CognitoError("UnsupportedOperationException", f"This machine's user pool lacks it: {error}")
        case KeyError():
            return CognitoError("InvalidParameterException", f"Missing required parameter {error.args[0]}")
        case _:
            return CognitoError(*UNREADABLE)
