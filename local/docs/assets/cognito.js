/** The calls of Cognito that a front end makes by itself: unsigned, and with the app client's id only. */

export class CognitoError extends Error {
  constructor(type, message) {
    super(message);
    this.type = type;
  }
}

/** Return the calls, for one run of the system as `/_local` describes it. */
export function cognito({ cognito_endpoint: endpoint, client_id: ClientId }) {
  async function call(operation, parameters) {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify({ ClientId, ...parameters }),
    });
    const result = await response.json();
    if (!response.ok) throw new CognitoError(result.__type, result.message);
    return result;
  }

  return {
    signUp: (Username, Password) =>
      call("SignUp", { Username, Password, UserAttributes: [{ Name: "zoneinfo", Value: ownZone() }] }),
    confirm: (Username, ConfirmationCode) => call("ConfirmSignUp", { Username, ConfirmationCode }),
    resend: (Username) => call("ResendConfirmationCode", { Username }),
    async signIn(USERNAME, PASSWORD) {
      const { AuthenticationResult } = await call("InitiateAuth", {
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME, PASSWORD },
      });
      return AuthenticationResult.IdToken;
    },
  };
}

/** The browser's time zone decides which day is today for the user's expenses. */
function ownZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
