/** The panel above the operations: sign in, sign up, confirm, sign out. */

import { CognitoError } from "./cognito.js";

const KEPT = "expense-tracker-id-token";
const panel = document.querySelector(".panel");
const forms = Object.fromEntries([...panel.querySelectorAll("form")].map((form) => [form.id, form]));
const message = panel.querySelector(".message");
const error = panel.querySelector(".error");

/** Run the panel; `onToken` gets the ID token of the user who signs in, and null when they sign out. */
export function runPanel({ calls, demoUser, fetchCode, onToken }) {
  let credentials = null;
  let ending;

  const actions = {
    "sign-in": async ({ email, password }) => signIn(email, password),
    "sign-up": async ({ email, password }) => {
      await calls.signUp(email, password);
      askForCode(email, password);
    },
    confirm: async ({ code }) => {
      await calls.confirm(credentials.email, code);
      await signIn(credentials.email, credentials.password);
    },
    "signed-in": async () => signOut("You are signed out."),
    demo: async () => signIn(demoUser.username, demoUser.password),
    resend: async () => {
      await calls.resend(credentials.email);
      showMessage("A new code has been made.");
    },
    "fetch-code": async () => {
      forms.confirm.elements.code.value = await fetchCode(credentials.email);
    },
  };

  async function signIn(email, password) {
    try {
      welcome(await calls.signIn(email, password));
    } catch (reason) {
      if (reason.type !== "UserNotConfirmedException") throw reason;
      askForCode(email, password);
    }
  }

  function askForCode(email, password) {
    credentials = { email, password };
    forms.confirm.elements.email.value = email;
    show("confirm");
  }

  function welcome(token, hasFocus = true) {
    const { email, exp } = claims(token);
    const left = exp * 1000 - Date.now();
    if (left <= 0) return signOut();
    credentials = null;
    sessionStorage.setItem(KEPT, token);
    forms["signed-in"].elements.email.value = email;
    forms["signed-in"].elements.until.value = new Date(exp * 1000).toLocaleTimeString([], { timeStyle: "short" });
    ending = setTimeout(() => signOut("Your token has expired. Sign in again."), left);
    onToken(token);
    show("signed-in", hasFocus);
  }

  function signOut(reason = "") {
    clearTimeout(ending);
    sessionStorage.removeItem(KEPT);
    onToken(null);
    show("sign-in");
    showMessage(reason);
  }

  async function attempt(action, fields = {}) {
    if (panel.ariaBusy === "true") return;
    showMessage("");
    showError("");
    panel.ariaBusy = "true";
    try {
      await actions[action](fields);
    } catch (reason) {
      showError(reason instanceof CognitoError ? reason.message : `That did not work: ${reason.message}`);
    } finally {
      panel.ariaBusy = "false";
    }
  }

  for (const form of Object.values(forms)) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      attempt(form.id, Object.fromEntries(new FormData(form)));
    });
  }
  panel.addEventListener("click", ({ target }) => {
    if (target.dataset.do) attempt(target.dataset.do);
    if (target.dataset.show) {
      showMessage("");
      showError("");
      show(target.dataset.show);
    }
  });

  const kept = sessionStorage.getItem(KEPT);
  if (kept) welcome(kept, false);
}

function show(name, hasFocus = true) {
  for (const form of Object.values(forms)) {
    form.hidden = form.id !== name;
    if (form.hidden) form.reset();
  }
  if (hasFocus) forms[name].querySelector("input, button").focus();
}

function showMessage(text) {
  message.textContent = text;
  message.hidden = !text;
}

function showError(text) {
  error.textContent = text;
  error.hidden = !text;
}

function claims(token) {
  const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (octet) => octet.charCodeAt(0))));
}
