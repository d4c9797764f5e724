/** The calls of Cognito that a page makes by itself: unsigned, with the id of the app client and no secret. */

const { VITE_COGNITO_ENDPOINT, VITE_CLIENT_ID } = import.meta.env;

export interface Tokens {
  IdToken: string;
  RefreshToken: string;
  /** Seconds until the ID token ends. */
  ExpiresIn: number;
}

interface SignedIn {
  AuthenticationResult: Tokens;
}

/** An error that Cognito responded with: `type` such as `UserNotConfirmedException`, and a message for the user. */
export class CognitoError extends Error {
  constructor(readonly type: string, message: string) {
    super(message);
  }
}

/** Raises `CognitoError`, and `TypeError` where there is no connection. */
async function call<Result>(operation: string, parameters: object): Promise<Result> {
  const response = await fetch(VITE_COGNITO_ENDPOINT, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify({ ClientId: VITE_CLIENT_ID, ...parameters }),
  });
  const text = await response.text();
  const result = text ? JSON.parse(text) : {}; // RevokeToken responds with nothing
  if (!response.ok) throw new CognitoError(result.__type, result.message ?? result.__type);
  return result as Result;
}

/** The browser's time zone decides which day is today for the user's expenses. */
export async function signUp(email: string, password: string): Promise<void> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const UserAttributes = [{ Name: "zoneinfo", Value: zone }];
  await call("SignUp", { Username: email, Password: password, UserAttributes });
}

export async function confirm(email: string, code: string): Promise<void> {
  await call("ConfirmSignUp", { Username: email, ConfirmationCode: code });
}

export async function resendCode(email: string): Promise<void> {
  await call("ResendConfirmationCode", { Username: email });
}

export async function logIn(email: string, password: string): Promise<Tokens> {
  const AuthParameters = { USERNAME: email, PASSWORD: password };
  const { AuthenticationResult } = await call<SignedIn>("InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters,
  });
  return AuthenticationResult;
}

/** The refresh token is replaced, too; the old one works for some seconds more, should the response get lost. */
export async function renew(refreshToken: string): Promise<Tokens> {
  const parameters = { RefreshToken: refreshToken };
  return (await call<SignedIn>("GetTokensFromRefreshToken", parameters)).AuthenticationResult;
}

export async function revoke(refreshToken: string): Promise<void> {
  await call("RevokeToken", { Token: refreshToken });
}
