/** Where pages of expenses and totals of a month come from: the API, or without a connection the copy on the device. */

import type { createExpenseClient, Expense } from "./client.js";
import { daysOf, type Month, sum } from "./money.js";
import type { Copy } from "./synchronize.js";

export interface Page {
  items: Expense[];
  /** What the next page is asked for with; null after the last one. */
  next: string | null;
}

export interface Total {
  currency: string;
  category: string;
  total: number;
}

export interface Ledger {
  /** Return a page of the newest expenses, from a cursor on. */
  page(cursor: string | null): Promise<Page>;
  /** Return what each category came to in a month, for each currency by itself. */
  totals(month: Month): Promise<Total[]>;
}

const PAGE_SIZE = 10;

/** Its functions raise the API's problem, and `TypeError` where there is no connection. */
export function online(api: ReturnType<typeof createExpenseClient>): Ledger {
  return {
    async page(cursor) {
      const query = { limit: PAGE_SIZE, ...(cursor === null ? {} : { cursor }) };
      const { data, error } = await api.GET("/expenses", { params: { query } });
      if (!data) throw error;
      return { items: data.items, next: data.next_cursor };
    },
    async totals(month) {
      const [date_from, date_to] = daysOf(month);
      const query = { date_from, date_to, group_by: ["category" as const] };
      const { data, error } = await api.GET("/summary", { params: { query } });
      if (!data) throw error;
      return data.items.map(({ currency, category, total }) => ({ currency, category: category ?? "", total }));
    },
  };
}

/** The same from the copy; a cursor is the number of expenses before it. */
export function offline(copy: Copy): Ledger {
  const newest = [...copy.expenses.values()].sort((one, other) => (sortKey(one) < sortKey(other) ? 1 : -1));
  return {
    async page(cursor) {
      const start = Number(cursor ?? 0);
      const end = start + PAGE_SIZE;
      return { items: newest.slice(start, end), next: end < newest.length ? String(end) : null };
    },
    async totals(month) {
      const [first, last] = daysOf(month);
      const groups = new Map<string, Expense[]>();
      for (const expense of newest.filter(({ date }) => first <= date && date <= last)) {
        const key = JSON.stringify([expense.currency, expense.category]);
        groups.set(key, [...(groups.get(key) ?? []), expense]);
      }
      return [...groups.entries()].map(([key, expenses]) => {
        const [currency, category] = JSON.parse(key) as [string, string];
        return { currency, category, total: sum(expenses.map(({ amount }) => amount), currency) };
      });
    },
  };
}

function sortKey({ date, created_at, expense_id }: Expense): string {
  return `${date}#${created_at}#${expense_id}`;
}
