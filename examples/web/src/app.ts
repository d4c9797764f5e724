/** What a signed-in user does: records, finds and deletes expenses, and sees a month; with a connection or without. */

import { charts } from "./chart.js";
import { createExpenseClient, type Expense, type ExpenseCreate, type Problem } from "./client.js";
import { CognitoError } from "./cognito.js";
import * as device from "./device.js";
import { element, html, show } from "./elements.js";
import { type Ledger, offline, online } from "./ledger.js";
import { showExpenses, showWaiting } from "./list.js";
import { monthName, monthOf, monthsAfter, today } from "./money.js";
import { correct, runRecord } from "./record.js";
import * as session from "./session.js";
import { type Copy, synchronize } from "./synchronize.js";

const SYNCHRONIZED_EVERY_MS = 30_000;

/** Run the page of a user; `onSignedOut` gets the reason once their session has ended. */
export async function runApp(user: session.User, onSignedOut: (reason: string) => void): Promise<void> {
  const api = createExpenseClient(import.meta.env.VITE_API_URL, session.idToken);
  const ended = new AbortController();
  const copy = await device.load(user.id);
  let month = monthOf(today());
  let shown: Expense[] = [];
  let next: string | null = null;
  let ledger: Ledger = offline(copy);
  let seen = "";
  let walk: Promise<void> | null = null;

  /** Send, receive and show again. One at a time: what comes during a walk is seen by the one after it. */
  async function refresh(): Promise<void> {
    while (walk) await walk;
    walk = refreshed().finally(() => (walk = null));
    await walk;
  }

  async function refreshed(): Promise<void> {
    try {
      await synchronize(api, copy, (changed) => device.save(user.id, changed));
      ledger = online(api);
      if (seen !== fingerprint(copy)) await showAll();
      show("state", "Up to date");
    } catch (error) {
      if (ended.signal.aborted) return;
      if (error instanceof CognitoError) return end(`Sign in again: ${error.message}`);
      ledger = offline(copy);
      await showAll();
      seen = ""; // the API has it in its own pages
      show("state", error instanceof TypeError ? "No connection: as this device knows it" : described(error));
    }
    const rejected = copy.rejected.shift();
    if (!rejected) return;
    await device.save(user.id, copy);
    show("error", correct(rejected.expense, rejected.problem));
  }

  /** Show everything again, with as many expenses as the user has asked for. */
  async function showAll(): Promise<void> {
    const before = shown.length;
    seen = fingerprint(copy);
    showWaiting(copy.outbox.map(({ expense }) => expense));
    [shown, next] = [[], null];
    do await showPage();
    while (next !== null && shown.length < before);
    await showMonth();
  }

  async function showPage(): Promise<void> {
    const page = await ledger.page(next);
    if (ended.signal.aborted) return;
    shown = [...shown, ...page.items];
    next = page.next;
    showExpenses(shown, (expense) => attempt(() => remove(expense)));
    element("more").hidden = next === null;
  }

  async function showMonth(): Promise<void> {
    const asked = month;
    const totals = await ledger.totals(asked);
    if (asked !== month || ended.signal.aborted) return; // the user has gone on
    const name = monthName(asked);
    element("month-heading").textContent = name;
    const nothing = html("p", { class: "hint" }, `Nothing was spent in ${name}.`);
    element("chart").replaceChildren(...(totals.length ? charts(totals, name) : [nothing]));
  }

  /** Keep an expense on the device with a key of its own, then send it: sent twice, it is recorded once. */
  async function record(expense: ExpenseCreate): Promise<void> {
    copy.outbox.push({ key: crypto.randomUUID(), expense });
    await device.save(user.id, copy);
    showWaiting(copy.outbox.map((entry) => entry.expense));
    await refresh();
  }

  async function remove({ expense_id, category, version }: Expense): Promise<void> {
    const params = { path: { expense_id }, header: { "If-Match": `"${version}"` } };
    const { error, response } = await api.DELETE("/expenses/{expense_id}", { params });
    if (error && response.status !== 404) throw error; // a 404: another device has deleted it
    const undo = html("button", { type: "button", class: "link" }, "Undo");
    undo.addEventListener("click", () => attempt(() => restore(expense_id)));
    show("message", `${category} is deleted. `);
    element("message").append(undo);
    undo.focus(); // the button that had it is gone
    await refresh();
  }

  async function restore(expense_id: string): Promise<void> {
    const { error } = await api.POST("/expenses/{expense_id}/restore", { params: { path: { expense_id } } });
    if (error) throw error;
    show("message", "It is back.");
    await refresh();
  }

  /** End the session and forget the copy, but for what only this device has. */
  async function signOut(): Promise<void> {
    await refresh();
    const count = copy.outbox.length;
    if (count && !window.confirm(`${count} of your expenses are not sent yet and will be lost. Sign out?`)) return;
    end("You are signed out.");
    await session.signOut();
    await device.remove(user.id);
  }

  function end(reason: string): void {
    ended.abort();
    onSignedOut(reason);
  }

  function attempt(action: () => Promise<void>): void {
    show("error", "");
    action().catch((error: unknown) => show("error", described(error)));
  }

  function turn(months: number): void {
    month = monthsAfter(month, months);
    attempt(showMonth);
  }

  const { signal } = ended;
  runRecord((expense) => attempt(() => record(expense)), signal);
  element("month-before").addEventListener("click", () => turn(-1), { signal });
  element("month-after").addEventListener("click", () => turn(1), { signal });
  element("more").addEventListener("click", () => attempt(showPage), { signal });
  element("sign-out").addEventListener("click", () => attempt(signOut), { signal });
  window.addEventListener("online", () => void refresh(), { signal });
  document.addEventListener("visibilitychange", () => document.hidden || void refresh(), { signal });
  const timer = setInterval(() => void refresh(), SYNCHRONIZED_EVERY_MS);
  signal.addEventListener("abort", () => clearInterval(timer));

  await showAll(); // at once, from the device
  await refresh();
}

/** Return a string that differs wherever two copies show differently. */
function fingerprint(copy: Copy): string {
  return JSON.stringify([[...copy.expenses.values()].map(({ expense_id, version }) => expense_id + version), copy.outbox]);
}

/** Return what a user can be told about an error: the API's problems say it themselves. */
function described(error: unknown): string {
  if (error instanceof TypeError) return "There is no connection. Try again later.";
  const problem = error as Partial<Problem>;
  return problem.detail ?? "That did not work. Try again later.";
}
