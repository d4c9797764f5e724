/** The signed-in user's month as a picture: what each category came to, by GET /summary. */

const ROW = 46;
const section = document.querySelector("#month");

/** Run the section. Returns `use`, which takes the ID token to ask with or null, and `draw`, which asks again. */
export function runMonth() {
  let token = null;
  let turned = 0;

  async function draw() {
    const [asked, months] = [token, turned];
    section.hidden = !asked;
    if (!asked) return section.querySelector(".charts").replaceChildren();
    const { name, first, last } = monthFromNow(months);
    const response = await fetch(`/summary?date_from=${first}&date_to=${last}&group_by=category`, {
      headers: { Authorization: `Bearer ${asked}` },
    });
    const body = await response.json();
    if (asked !== token || months !== turned) return; // the user has gone on
    const text = response.ok ? `Nothing was spent in ${name}.` : body.detail;
    section.querySelector("#month-name").textContent = name;
    section.querySelector(".charts").replaceChildren(
      ...(body.items?.length ? charts(body.items, name) : [html("p", { class: "hint" }, text)]),
    );
  }

  section.addEventListener("click", ({ target }) => {
    if (!target.dataset.turn) return;
    turned += Number(target.dataset.turn);
    draw();
  });
  return {
    use(newToken) {
      [token, turned] = [newToken, 0];
      draw();
    },
    draw,
  };
}

/** Return a month of the calendar where the browser is: its name, and its first and last day. */
function monthFromNow(months) {
  const now = new Date();
  const [first, last] = [0, 1].map(
    (next) => new Date(Date.UTC(now.getFullYear(), now.getMonth() + months + next, 1 - next)),
  );
  return {
    name: first.toLocaleDateString([], { month: "long", year: "numeric", timeZone: "UTC" }),
    first: first.toISOString().slice(0, 10),
    last: last.toISOString().slice(0, 10),
  };
}

/** Return a chart for each currency, since amounts of different ones are never added. */
function charts(groups, month) {
  const currencies = [...new Set(groups.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const rows = groups.filter((group) => group.currency === currency).sort((one, other) => other.total - one.total);
    const amount = money({ currency, total: rows.reduce((sum, { total }) => sum + total, 0) });
    const caption = amount.startsWith(currency) ? amount : `${currency} ${amount}`;
    return html("figure", {}, html("figcaption", {}, caption), bars(rows, `${month}, ${caption}`));
  });
}

/** What was refunded on balance goes to the left of the zero line. Widths are percentages: the text keeps its size. */
function bars(rows, title) {
  const totals = rows.map(({ total }) => total);
  const [lowest, highest] = [Math.min(0, ...totals), Math.max(0, ...totals)];
  const percent = (value) => (100 * value) / (highest - lowest || 1);
  const zero = percent(-lowest);
  const described = rows.map((row) => `${row.category} ${money(row)}`).join("; ");
  return svg("svg", { role: "img", "aria-label": `${title}: ${described}`, height: ROW * rows.length },
    svg("title", {}, title),
    svg("desc", {}, described),
    ...rows.flatMap((row, index) => [
      svg("text", { x: 0, y: ROW * index + 16 }, row.category),
      svg("text", { x: "100%", y: ROW * index + 16, "text-anchor": "end" }, money(row)),
      svg("rect", {
        class: row.total < 0 ? "refunded" : "spent",
        x: `${row.total < 0 ? zero + percent(row.total) : zero}%`,
        y: ROW * index + 23,
        width: `${percent(Math.abs(row.total))}%`,
        height: 12,
        rx: 3,
      }),
      svg("line", { x1: `${zero}%`, x2: `${zero}%`, y1: ROW * index + 20, y2: ROW * index + 38 }),
    ]),
  );
}

/** The currency decides the number of decimals: 2 for EUR, 0 for JPY, 3 for KWD. */
function money({ total, currency }) {
  return new Intl.NumberFormat([], { style: "currency", currency }).format(total);
}

function html(name, attributes, ...content) {
  return filled(document.createElement(name), attributes, content);
}

function svg(name, attributes, ...content) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, content);
}

/** What a user wrote goes in as text. */
function filled(element, attributes, content) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}
