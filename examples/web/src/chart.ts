/** A month as a bar chart: one for each currency, since amounts of different ones are never added. */

import { html, svg } from "./elements.js";
import type { Total } from "./ledger.js";
import { money, sum } from "./money.js";

const ROW = 46;

/** Return the charts, largest total first; what was refunded on balance goes to the left of the zero line. */
export function charts(totals: Total[], title: string): HTMLElement[] {
  const currencies = Map.groupBy(totals, ({ currency }) => currency);
  return [...currencies].sort(([one], [other]) => (one < other ? -1 : 1)).map(([currency, rows]) => {
    const sorted = rows.toSorted((one, other) => other.total - one.total);
    const all = money(sum(rows.map(({ total }) => total), currency), currency);
    return html("figure", {}, [
      html("figcaption", {}, [html("span", {}, currency), html("strong", {}, all)]),
      bars(sorted, `${title}, ${currency}: ${all}`),
      html("details", {}, [html("summary", {}, "As a table"), table(sorted)]),
    ]);
  });
}

/** Widths are percentages, so the bars follow the page and the text keeps its size. */
function bars(rows: Total[], title: string): SVGElement {
  const values = rows.map(({ total }) => total);
  const [lowest, highest] = [Math.min(0, ...values), Math.max(0, ...values)];
  const percent = (value: number) => (100 * value) / (highest - lowest || 1);
  const zero = percent(-lowest);
  const described = rows.map(({ category, total, currency }) => `${category} ${money(total, currency)}`).join("; ");
  const id = `chart-${rows[0]?.currency}`;
  return svg("svg", { role: "img", "aria-labelledby": `${id}-title ${id}-text`, height: ROW * rows.length }, [
    svg("title", { id: `${id}-title` }, title),
    svg("desc", { id: `${id}-text` }, described),
    ...rows.flatMap(({ category, total, currency }, index) => [
      svg("text", { x: 0, y: ROW * index + 16 }, category.length > 28 ? `${category.slice(0, 27)}…` : category),
      svg("text", { x: "100%", y: ROW * index + 16, "text-anchor": "end" }, money(total, currency)),
      svg("rect", {
        class: total < 0 ? "refunded" : "spent",
        x: `${total < 0 ? zero + percent(total) : zero}%`,
        y: ROW * index + 23,
        width: `${percent(Math.abs(total))}%`,
        height: 12,
        rx: 3,
      }),
      svg("line", { x1: `${zero}%`, x2: `${zero}%`, y1: ROW * index + 20, y2: ROW * index + 38 }),
    ]),
  ]);
}

function table(rows: Total[]): HTMLElement {
  return html("table", {}, [
    html("thead", {}, [html("tr", {}, ["Category", "Total"].map((name) => html("th", { scope: "col" }, name)))]),
    html("tbody", {}, rows.map(({ category, total, currency }) =>
      html("tr", {}, [html("th", { scope: "row" }, category), html("td", {}, money(total, currency))]),
    )),
  ]);
}
