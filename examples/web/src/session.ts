/** Who is signed in, and the ID token that the API asks for. */

import * as cognito from "./cognito.js";

/**
 * The ID token is in memory only. The refresh token is in this tab's sessionStorage, so that a reload does not sign out
 * and closing the tab does. Neither is in localStorage, where every later script of this origin could read it.
 */
const KEPT = "expense-tracker-session";
const RENEWED_BEFORE_MS = 60_000;

export interface User {
  id: string;
  email: string;
}

interface Kept {
  refreshToken: string;
  user: User;
}

let current: { token: string; endsAt: number } | null = null;
let renewal: Promise<string> | null = null;

/** Return the user of this tab, or null; also without a connection. */
export function user(): User | null {
  return kept()?.user ?? null;
}

/** Raises `CognitoError`. */
export async function logIn(email: string, password: string): Promise<User> {
  return keep(await cognito.logIn(email, password));
}

/** Forget the session here, and end it at Cognito as far as there is a connection. */
export async function signOut(): Promise<void> {
  const refreshToken = kept()?.refreshToken;
  sessionStorage.removeItem(KEPT);
  current = null;
  if (refreshToken) await cognito.revoke(refreshToken).catch(() => undefined); // it ends by itself after its days
}

/** Return an ID token that is good for a while; callers at the same time share one renewal. Raises `CognitoError`. */
export async function idToken(): Promise<string> {
  if (current && Date.now() < current.endsAt - RENEWED_BEFORE_MS) return current.token;
  renewal ??= renew().finally(() => (renewal = null));
  return renewal;
}

async function renew(): Promise<string> {
  const session = kept();
  if (!session) throw new cognito.CognitoError("NotAuthorizedException", "Sign in first.");
  const tokens = await cognito.renew(session.refreshToken);
  keep({ ...tokens, RefreshToken: tokens.RefreshToken ?? session.refreshToken });
  return tokens.IdToken;
}

function keep(tokens: cognito.Tokens): User {
  const { sub, email } = claims(tokens.IdToken);
  const session: Kept = { refreshToken: tokens.RefreshToken, user: { id: sub, email } };
  sessionStorage.setItem(KEPT, JSON.stringify(session));
  current = { token: tokens.IdToken, endsAt: Date.now() + 1000 * tokens.ExpiresIn };
  return session.user;
}

function kept(): Kept | null {
  return JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Kept | null;
}

/** The signature is for the API to verify; the page shows what the token says. */
function claims(token: string): { sub: string; email: string } {
  const payload = token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (octet) => octet.charCodeAt(0))));
}
