/** The form that records an expense, and what the API says about its fields. */

import type { ExpenseCreate, Problem } from "./client.js";
import { element, html } from "./elements.js";
import { decimals, today } from "./money.js";

const form = element<HTMLFormElement>("record");

/** Run the form; `onRecord` gets each expense that the browser finds complete. */
export function runRecord(onRecord: (expense: ExpenseCreate) => void, signal: AbortSignal): void {
  element("currencies").replaceChildren(...Intl.supportedValuesOf("currency").map((code) => html("option", { value: code })));
  field("currency").value = "EUR";
  field("currency").addEventListener("input", allowDecimals, { signal });
  clear();
  const record = (event: SubmitEvent) => {
    event.preventDefault();
    const { category, payment_method, currency, date, notes } = read();
    const amount = field("amount").valueAsNumber; // at most 15 digits, which a number holds exactly
    clear();
    onRecord({ category, amount, payment_method, currency, date, ...(notes ? { notes } : {}) });
  };
  form.addEventListener("submit", record, { signal });
}

/** Put an expense that the API has rejected back into the form, with each violation at its field. */
export function correct(expense: ExpenseCreate, problem: Problem): string {
  for (const [name, value] of Object.entries(expense)) field(name).value = String(value ?? "");
  allowDecimals();
  const violations = problem.errors ?? [];
  for (const { pointer, detail } of violations) {
    const input = pointer ? form.querySelector<HTMLInputElement>(`[name="${CSS.escape(pointer.slice(1))}"]`) : null;
    if (!input) continue;
    const id = `${input.name}-error`;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", id);
    input.after(html("span", { id, class: "field-error" }, detail));
  }
  form.querySelector<HTMLInputElement>("[aria-invalid]")?.focus();
  return violations.length ? `${problem.title}: see the fields below.` : problem.detail;
}

/** Empty what differs from one expense to the next; currency and payment method stay. */
function clear(): void {
  for (const name of ["amount", "category", "notes"]) field(name).value = "";
  field("date").value = today();
  for (const error of form.querySelectorAll(".field-error")) error.remove();
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
  allowDecimals();
}

/** Let the amount have as many decimals as its currency: the browser then says so before the API does. */
function allowDecimals(): void {
  const currency = field("currency").value;
  field("amount").step = /^[A-Z]{3}$/.test(currency) ? String(10 ** -decimals(currency)) : "any";
}

function read() {
  const value = (name: string) => field(name).value.trim();
  return {
    category: value("category"),
    payment_method: value("payment_method"),
    currency: value("currency"),
    date: value("date"),
    notes: value("notes"),
  };
}

function field(name: string): HTMLInputElement {
  return form.elements.namedItem(name) as HTMLInputElement;
}
