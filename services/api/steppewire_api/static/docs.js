// The reference of the API, drawn from /openapi.json.

import { byId, el } from "./dom.js";
import { ask } from "./wire.js";

const spec = await ask("/openapi.json");

/** Follow a $ref. */
const resolved = (schema) => (schema?.$ref ? schema.$ref.split("/").slice(1).reduce((at, name) => at[name], spec) : schema);

/** `code` in backquotes becomes code; nothing else of Markdown is used in our descriptions' prose. */
const prose = (text) => text.split("`").map((part, index) => (index % 2 ? el("code", {}, part) : part));

/** An example of a schema, from its examples and types. */
function example(schema, depth = 0) {
  const known = resolved(schema) || {};
  if (known.example !== undefined) return known.example;
  if (known.examples?.length) return known.examples[0];
  if (known.const !== undefined) return known.const;
  if (known.enum) return known.enum[0];
  if (known.default !== undefined && known.default !== null) return known.default;
  const choice = (known.anyOf || known.oneOf || []).find((one) => one.type !== "null");
  if (choice) return example(choice, depth);
  if (depth > 4) return "…";
  if (known.type === "object" || known.properties)
    return Object.fromEntries(Object.entries(known.properties || {}).map(([name, inner]) => [name, example(inner, depth + 1)]));
  if (known.type === "array") return [example(known.items, depth + 1)];
  if (known.format === "date-time") return "2026-11-20T09:30:00+05:00";
  return { string: "…", integer: 1, number: 1, boolean: true }[known.type] ?? null;
}

function kindOf(schema) {
  const known = resolved(schema) || {};
  const choices = (known.anyOf || []).filter((one) => one.type !== "null");
  if (choices.length) return choices.map(kindOf).join(" or ");
  if (known.enum) return known.enum.join(" · ");
  if (known.type === "array") return `${kindOf(known.items)}, repeatable`;
  const range = [known.minimum ?? "", known.maximum ?? ""].filter((bound) => bound !== "").join(" … ");
  return [known.format || known.type, range].filter(Boolean).join(" ");
}

/** The body that an operation takes, as an example of it. */
function body(told) {
  const content = told.requestBody?.content?.["application/json"];
  return content ? [el("h3", {}, "Body (application/json)"), el("pre", {}, JSON.stringify(example(content.schema), null, 2))] : null;
}

function operation(method, path, told) {
  const answer = (told.responses["200"] || told.responses["201"])?.content || {};
  const [media, content] = Object.entries(answer)[0] || ["", {}];
  const sample = content.example ?? example(content.schema);
  const errors = Object.entries(told.responses).filter(([status]) => !status.startsWith("2"));
  return el("details", { class: "operation", id: told.operationId },
    el("summary", {}, el("code", {}, `${method} ${path}`), el("span", {}, told.summary)),
    el("div", {},
      el("p", { class: "told" }, prose(told.description || "")),
      told.parameters?.length ? [el("h3", {}, "Parameters"), el("table", {}, el("tbody", {}, told.parameters.map(parameter)))] : null,
      body(told),
      el("h3", {}, media ? `Answer (${media})` : "Answer: nothing"),
      media === "" ? null : el("pre", { tabindex: "0" }, typeof sample === "string" ? sample : JSON.stringify(sample, null, 2)),
      errors.length ? [el("h3", {}, "Errors"), el("table", {}, el("tbody", {}, errors.map(([status, error]) => el("tr", {}, el("td", {}, status), el("td", {}, error.description)))))] : null,
      method !== "GET" || path.includes("{") ? null : el("p", {}, el("a", { href: path, target: "_blank" }, `Try GET ${path}`))));
}

const parameter = (told) => el("tr", {},
  el("td", {}, el("code", {}, told.name), told.in === "query" ? "" : ` (${told.in})`),
  el("td", {}, kindOf(told.schema)),
  el("td", {}, prose(told.description || ""), told.schema.examples ? [" For example ", el("code", {}, [told.schema.examples[0]].flat().join(","))] : null));

const groups = new Map();
for (const [path, operations] of Object.entries(spec.paths))
  for (const method of ["get", "post", "put", "patch", "delete"].filter((one) => operations[one])) {
    const tag = operations[method].tags?.[0] || "more";
    groups.set(tag, [...(groups.get(tag) || []), operation(method.toUpperCase(), path, operations[method])]);
  }
byId("main").replaceChildren(
  el("h1", {}, "The API"), el("p", { class: "told" }, prose(spec.info.description)),
  ...Array.from(groups, ([tag, operations]) => el("section", {}, el("h2", {}, tag), operations)));
if (location.hash) document.getElementById(location.hash.slice(1))?.setAttribute("open", "");
