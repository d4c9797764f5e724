"""The errors of Cognito that a sign-in form shows, with Cognito's messages.

https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
"""


class CognitoError(Exception):
    """An error as Cognito returns it: its type and its message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


WRONG_PASSWORD = "NotAuthorizedException", "Incorrect username or password."
WRONG_CODE = "CodeMismatchException", "Invalid verification code provided, please try again."
NO_CODE = "ExpiredCodeException", "Invalid code provided, please request a code again."
EMAIL_TAKEN = "UsernameExistsException", "An account with the given email already exists."
ALREADY_CONFIRMED = "NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"
NOTHING_TO_RESEND = "InvalidParameterException", "User is already confirmed."
REVOKED_REFRESH_TOKEN = "NotAuthorizedException", "Refresh Token has been revoked"
NOT_RESETTABLE = (
    "InvalidParameterException",
    "Cannot reset password for the user as there is no registered/verified email or phone_number",
)
UNREADABLE = "SerializationException", "The body is not JSON, or a property is not of its type."
BAD_SRP_A = "InvalidParameterException", "SRP_A is not a public value of SRP."


def as_cognito(kind: str, message: str) -> CognitoError:
    """Return the error for one of moto's, which discloses who has an account; an app client of ours hides that."""
    replaced = {"UserNotFoundException": WRONG_PASSWORD, "UsernameExistsException": EMAIL_TAKEN}
    return CognitoError(*replaced.get(kind, (kind, message)))


def flow_not_enabled(auth_flow: str) -> CognitoError:
    """Return the error for a way to log in that the app client does not allow."""
    return CognitoError("InvalidParameterException", f"{auth_flow} flow not enabled for this client")


def no_such_client(client_id: str) -> CognitoError:
    """Return the error for an app client that does not exist."""
    return CognitoError("ResourceNotFoundException", f"User pool client {client_id} does not exist.")


def cognito_error(error: Exception) -> CognitoError:
    """Return Cognito's error for a call that it can't read, or that this machine's pool does not support."""
    match error:
        case CognitoError():
            return error
        case NotImplementedError():
            return CognitoError("UnsupportedOperationException", f"The local user pool does not support it: {error}")
        case KeyError():
            return CognitoError("InvalidParameterException", f"Missing required parameter {error.args[0]}")
        case _:
            return CognitoError(*UNREADABLE)
