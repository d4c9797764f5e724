/** Elements of the page. What a user wrote goes in as text and is never read as markup. */

type Content = string | (Node | string)[];
type Attributes = Record<string, string | number>;

/** Return the element with this id. Raises an error if the page has none, which is a mistake in index.html. */
export function element<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found as Kind;
}

export function html<Name extends keyof HTMLElementTagNameMap>(
  name: Name, attributes: Attributes, content: Content = "",
): HTMLElementTagNameMap[Name] {
  return filled(document.createElement(name), attributes, content);
}

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name, attributes: Attributes, content: Content = "",
): SVGElementTagNameMap[Name] {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, content);
}

/** Show a message, or hide its place if there is none. */
export function show(id: string, text: string): void {
  element(id).textContent = text;
  element(id).hidden = text === "";
}

function filled<Kind extends Element>(made: Kind, attributes: Attributes, content: Content): Kind {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...(typeof content === "string" ? [content] : content));
  return made;
}
