// Making elements. Text only ever becomes a text node, so nothing that an article says can run.

/** Make an element: attributes by name, listeners as `onclick`, then children (text or nodes). */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Attributes of text that is in a language: its tag, and the direction of its own letters. */
export const inLanguage = (tag) => ({ lang: tag && tag !== "und" ? tag : undefined, dir: "auto" });

/** A link to another site; an address that is not http(s) becomes plain text. */
export function outward(url, attributes, ...children) {
  if (!/^https?:\/\//i.test(url)) return el("span", {}, ...children);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer", ...attributes }, ...children);
}
