/** The lists of expenses: what is recorded, page by page, and what still waits to be sent. */

import type { Expense, ExpenseCreate } from "./client.js";
import { element, html } from "./elements.js";
import { day, money } from "./money.js";

/** Show the expenses; `onDelete` gets the one whose button is pressed. */
export function showExpenses(expenses: Expense[], onDelete: (expense: Expense) => void): void {
  const items = expenses.map((expense) => {
    const amount = money(expense.amount, expense.currency);
    const label = `Delete ${expense.category}, ${amount}, ${day(expense.date)}`;
    const button = html("button", { type: "button", class: "link", "aria-label": label }, "Delete");
    button.addEventListener("click", () => onDelete(expense));
    return html("li", { "data-id": expense.expense_id }, [...described(expense, amount, day(expense.date)), button]);
  });
  element("list").replaceChildren(...(items.length ? items : [html("li", { class: "hint" }, "Nothing is recorded yet.")]));
}

/** Show what was recorded without a connection and is not sent yet. */
export function showWaiting(expenses: ExpenseCreate[]): void {
  const items = expenses.map((expense) =>
    html("li", {}, described(expense, money(expense.amount, expense.currency ?? "EUR"), "Waits to be sent")),
  );
  element("waiting").replaceChildren(...items);
}

function described(expense: ExpenseCreate, amount: string, when: string): HTMLElement[] {
  const about = [when, expense.payment_method, expense.notes].filter(Boolean).join(" · ");
  return [
    html("span", { class: "what" }, [html("strong", {}, expense.category), html("small", {}, about)]),
    html("span", { class: expense.amount < 0 ? "amount refund" : "amount" }, amount),
  ];
}
