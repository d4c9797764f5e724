/** Amounts and days as a person reads them. */

/** Return an amount with its currency's own number of decimals, such as €12.50, ¥1,200 or KWD 1.250. */
export function money(amount: number, currency: string): string {
  return new Intl.NumberFormat(undefined, { style: "currency", currency }).format(amount);
}

/** Return how many decimals a currency has: 2 for EUR, 0 for JPY, 3 for KWD. */
export function decimals(currency: string): number {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** Return a sum that is exact: amounts are added as integers of the currency's smallest unit. */
export function sum(amounts: number[], currency: string): number {
  const unit = 10 ** decimals(currency);
  return amounts.reduce((total, amount) => total + Math.round(amount * unit), 0) / unit;
}

/** Return today where the user is, as `YYYY-MM-DD`. */
export function today(): string {
  const now = new Date();
  return isoDay(now.getFullYear(), now.getMonth() + 1, now.getDate());
}

/** A calendar date has no time zone: it is formatted in the zone that it is read in. */
export function day(date: string): string {
  return new Date(`${date}T00:00Z`).toLocaleDateString(undefined, { dateStyle: "medium", timeZone: "UTC" });
}

/** A month of the calendar, such as `{ year: 2025, month: 6 }`. */
export interface Month {
  year: number;
  month: number;
}

export function monthOf(date: string): Month {
  const [year, month] = date.split("-").map(Number);
  return { year: year!, month: month! };
}

export function monthsAfter({ year, month }: Month, count: number): Month {
  const index = 12 * year + month - 1 + count;
  return { year: Math.floor(index / 12), month: (index % 12) + 1 };
}

/** Return the first and the last day of a month, both included. */
export function daysOf({ year, month }: Month): [string, string] {
  return [isoDay(year, month, 1), isoDay(year, month, new Date(Date.UTC(year, month, 0)).getUTCDate())];
}

export function monthName({ year, month }: Month): string {
  const first = new Date(Date.UTC(year, month - 1, 1));
  return first.toLocaleDateString(undefined, { month: "long", year: "numeric", timeZone: "UTC" });
}

function isoDay(year: number, month: number, day: number): string {
  return [String(year).padStart(4, "0"), ...[month, day].map((part) => String(part).padStart(2, "0"))].join("-");
}
