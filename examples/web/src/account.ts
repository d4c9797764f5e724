/** The forms of a user who is not signed in: sign in, create an account, confirm its email. */

import * as cognito from "./cognito.js";
import { element, show } from "./elements.js";
import * as session from "./session.js";

const FORMS = ["log-in", "sign-up", "confirm"] as const;
type FormName = (typeof FORMS)[number];

/** Run the forms; `onSignedIn` gets the user who signs in. */
export function runAccount(onSignedIn: (user: session.User) => Promise<void>): void {
  /** Of the user whose code is asked for; in memory until then. */
  let credentials = { email: "", password: "" };

  const submit: Record<FormName, (fields: Record<string, string>) => Promise<void>> = {
    "log-in": ({ email = "", password = "" }) => logIn(email, password),
    "sign-up": async ({ email = "", password = "" }) => {
      await cognito.signUp(email, password);
      askForCode(email, password);
    },
    confirm: async ({ code = "" }) => {
      await cognito.confirm(credentials.email, code);
      await logIn(credentials.email, credentials.password);
    },
  };

  async function logIn(email: string, password: string): Promise<void> {
    try {
      const user = await session.logIn(email, password);
      credentials = { email: "", password: "" };
      await onSignedIn(user);
    } catch (error) {
      if (!(error instanceof cognito.CognitoError && error.type === "UserNotConfirmedException")) throw error;
      askForCode(email, password);
    }
  }

  function askForCode(email: string, password: string): void {
    credentials = { email, password };
    showForm("confirm");
    element("code-sent-to").textContent = email;
  }

  async function attempt(action: () => Promise<void>): Promise<void> {
    show("error", "");
    try {
      await action();
    } catch (error) {
      show("error", error instanceof cognito.CognitoError ? error.message : "There is no connection. Try again.");
    }
  }

  for (const name of FORMS) {
    form(name).addEventListener("submit", (event) => {
      event.preventDefault();
      const fields = new FormData(form(name));
      void attempt(() => submit[name](Object.fromEntries([...fields].map(([key, value]) => [key, String(value)]))));
    });
  }
  element("resend").addEventListener("click", () => {
    void attempt(async () => {
      await cognito.resendCode(credentials.email);
      show("message", "A new code is on its way.");
    });
  });
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-show]")) {
    button.addEventListener("click", () => showForm(button.dataset.show as FormName));
  }
}

/** Show one form, empty, with the focus in its first field. */
export function showForm(name: FormName): void {
  show("error", "");
  show("message", "");
  for (const other of FORMS) {
    form(other).hidden = other !== name;
    form(other).reset();
  }
  form(name).querySelector("input")!.focus();
}

function form(name: FormName): HTMLFormElement {
  return element<HTMLFormElement>(name);
}
