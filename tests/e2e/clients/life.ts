/** The life of some expenses through the generated TypeScript client; prints what came of it as JSON. */

import { createExpenseClient, type Change, type Expense, type Problem } from "./client.js";

declare const process: { env: Record<string, string> };
const { API_URL, COGNITO_ENDPOINT, CLIENT_ID, USERNAME, PASSWORD } = process.env;

async function logIn(): Promise<string> {
  const response = await fetch(COGNITO_ENDPOINT, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
    },
    body: JSON.stringify({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: CLIENT_ID,
      AuthParameters: { USERNAME, PASSWORD },
    }),
  });
  const tokens = (await response.json()) as { AuthenticationResult: { IdToken: string } };
  return tokens.AuthenticationResult.IdToken;
}

const token = await logIn();
const api = createExpenseClient(API_URL, () => token);

for (const amount of [1, 2.5, 3.75]) {
  await api.POST("/expenses", { body: { category: "Food", amount, payment_method: "Cash", date: "2025-06-14" } });
}

const found: Expense[] = [];
let pages = 0;
let cursor: string | null = null;
do {
  const page: { data?: { items: Expense[]; next_cursor: string | null } } = await api.GET("/expenses", {
    params: { query: { month: "June", limit: 2, ...(cursor === null ? {} : { cursor }) } },
  });
  if (!page.data) throw new Error("The page has no data.");
  found.push(...page.data.items);
  cursor = page.data.next_cursor;
  pages += 1;
} while (cursor !== null);

const path = { expense_id: found[0].expense_id };
const patched = await api.PATCH("/expenses/{expense_id}", { params: { path }, body: { notes: "Lunch" } });

/** The total of a month of one's own, from the 25th to the 24th. */
async function total(): Promise<number | undefined> {
  const { data } = await api.GET("/summary", {
    params: { query: { date_from: "2025-05-25", date_to: "2025-06-24", group_by: ["month", "category"] } },
  });
  return data?.items.find((group) => group.month === "June" && group.category === "Food")?.total;
}

/** Keep a copy by the change feed: the first synchronization and every later one are the same loop. */
const copy = new Map<string, Change>();
let since: string | undefined;
async function synchronize(): Promise<number> {
  for (let upToDate = false; !upToDate; ) {
    const { data } = await api.GET("/changes", { params: { query: { limit: 2, ...(since ? { cursor: since } : {}) } } });
    if (!data) throw new Error("The change feed has no data.");
    for (const change of data.items) copy.set(change.expense_id, change);
    since = data.next_cursor;
    upToDate = data.up_to_date;
  }
  return [...copy.values()].filter((change) => !change.deleted).length;
}

const totals = [await total()];
const copied = [await synchronize()];
const deleted = await api.DELETE("/expenses/{expense_id}", { params: { path } });
totals.push(await total());
copied.push(await synchronize());
const trash = await api.GET("/trash");
const restored = await api.POST("/expenses/{expense_id}/restore", { params: { path } });
totals.push(await total());
copied.push(await synchronize());
const exported = await api.GET("/export", { parseAs: "text" });
const imported = await api.POST("/import", {
  body: exported.data ?? "",
  bodySerializer: (lines) => lines,
  headers: { "Content-Type": "application/x-ndjson" },
});
const batch = {
  items: [{ category: "food", amount: 1, payment_method: "Cash", date: "2025-06-14", idempotency_key: "snack" }],
};
const batches = [await api.POST("/expenses/batch", { body: batch }), await api.POST("/expenses/batch", { body: batch })];
const categories = await api.GET("/categories");
const renamed = await api.POST("/categories/rename", { body: { from: "food", to: "Food" } });
const erased = await api.POST("/erase", { body: { confirm: "erase everything" } });
await api.POST("/recurrences", {
  body: {
    category: "Rent",
    amount: 450.5,
    payment_method: "Card",
    first: "2025-01-31",
    every: { count: 1, unit: "month" },
    times: 3,
  },
});
const recorded = [
  await api.POST("/recurrences/record", { body: {} }),
  await api.POST("/recurrences/record", { body: { until: "2025-06-30" } }),
];
const refused = await api.POST("/expenses", { body: { category: "", amount: 1, payment_method: "Cash" } });
const problem: Problem | undefined = refused.error;

console.log(
  JSON.stringify({
    amounts: found.map((expense) => expense.amount).sort(),
    pages,
    notes: patched.data?.notes,
    deleted: deleted.response.status,
    trash: trash.data?.items.map((expense) => expense.expense_id === path.expense_id),
    restored: restored.data?.version,
    totals,
    copied,
    imported: [imported.data?.recorded, imported.data?.already_there],
    replayed: batches.map((each) => each.data?.items[0]?.replayed),
    categories: categories.data?.items.map((category) => category.name),
    moved: renamed.data?.moved,
    recorded: recorded.map((each) => each.data?.items.map((item) => item.expense.date)),
    erased: erased.data?.erased,
    problem: problem?.type,
    violation: problem?.errors?.[0].pointer,
  }),
);
