/** Two devices of one user, by the client in docs/sync.md; prints what they have as JSON. */

import { createExpenseClient, type ExpenseCreate } from "./client.js";
import { synchronize, type Copy } from "./synchronize.js";

declare const process: { env: Record<string, string> };
const { API_URL, ID_TOKEN, OLD_CURSOR } = process.env;

const api = createExpenseClient(API_URL, () => ID_TOKEN);
const empty = (): Copy => ({ cursor: "", expenses: new Map(), outbox: [], rejected: [] });
const spent = (amount: number, category = "Food"): ExpenseCreate => ({ category, amount, payment_method: "Cash" });
const amounts = (copy: Copy) => [...copy.expenses.values()].map((expense) => expense.amount).sort((a, b) => a - b);

let saves = 0;
let failsAt = 0;
async function save(_: Copy): Promise<void> {
  saves += 1;
  if (saves === failsAt) throw new Error("The battery is empty.");
}

const phone = empty();
const laptop = empty();

// The response to the first attempt is lost, and the phone sends the same entry again.
const lunch = { key: "lunch", expense: spent(12.5) };
await api.POST("/expenses", { body: lunch.expense, params: { header: { "Idempotency-Key": lunch.key } } });
phone.outbox = [lunch, { key: "bus", expense: spent(3) }, { key: "wrong", expense: spent(1, "") }];
await synchronize(api, phone, save);
await synchronize(api, laptop, save);
const afterRecording = [amounts(phone), amounts(laptop)];

// What the laptop deletes goes from the phone, and its entry, sent once more, does not bring it back.
const [expense] = [...laptop.expenses.values()].filter(({ amount }) => amount === 12.5);
await api.DELETE("/expenses/{expense_id}", { params: { path: { expense_id: expense.expense_id } } });
phone.outbox = [lunch];
await synchronize(api, phone, save);
const afterDeletion = amounts(phone);

// A walk that breaks off goes on where it was.
for (let n = 0; n < 120; n += 1) await api.POST("/expenses", { body: spent(n + 100) });
failsAt = saves + 2;
const broken = await synchronize(api, laptop, save).catch((error: Error) => error.message);
await synchronize(api, laptop, save);

// A phone that was in a drawer for too long begins anew.
phone.cursor = OLD_CURSOR;
phone.expenses.set("gone", expense);
await synchronize(api, phone, save);

console.log(
  JSON.stringify({
    afterRecording,
    rejected: phone.rejected.map(({ problem }) => problem.errors?.[0].pointer),
    afterDeletion,
    broken,
    counts: [phone.expenses.size, laptop.expenses.size],
    outbox: phone.outbox.length,
  }),
);
