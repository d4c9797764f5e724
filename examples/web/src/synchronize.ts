import type { createExpenseClient, Expense, ExpenseCreate, Problem } from "./client.js";

/** What is kept on the device. `outbox` has what was recorded offline, each with a key of its own: crypto.randomUUID(). */
export interface Copy {
  cursor: string; // empty at first
  expenses: Map<string, Expense>;
  outbox: { key: string; expense: ExpenseCreate }[];
  rejected: { expense: ExpenseCreate; problem: Problem }[]; // for the user to correct
}

/** Send what was recorded offline, then read what changed. `save` writes all of the copy to the device, or nothing. */
export async function synchronize(
  api: ReturnType<typeof createExpenseClient>, copy: Copy, save: (copy: Copy) => Promise<void>,
): Promise<void> {
  for (let entry = copy.outbox[0]; entry; entry = copy.outbox[0]) {
    const header = { "Idempotency-Key": entry.key }; // sent again after a lost response, it records nothing twice
    const { error, response } = await api.POST("/expenses", { body: entry.expense, params: { header } });
    if (response.status >= 500 || [401, 403, 409, 429].includes(response.status)) throw error; // later, by the same key
    if (error && response.status !== 410) copy.rejected.push({ expense: entry.expense, problem: error });
    copy.outbox.shift(); // recorded, rejected, or (410) recorded before and deleted since, maybe on another device
    await save(copy);
  }
  for (let isUpToDate = false; !isUpToDate; ) {
    const query = { cursor: copy.cursor, limit: 100 };
    const { data, error, response } = await api.GET("/changes", { params: { query } });
    if (response.status === 410) [copy.cursor, copy.expenses] = ["", new Map()]; // 30 days without: begin anew
    else if (!data) throw error;
    else {
      for (const { expense_id, version, expense } of data.items) {
        if (version < (copy.expenses.get(expense_id)?.version ?? 0)) continue; // this device has changed it since
        if (expense) copy.expenses.set(expense_id, expense);
        else copy.expenses.delete(expense_id);
      }
      [copy.cursor, isUpToDate] = [data.next_cursor, data.up_to_date];
    }
    await save(copy);
  }
}
