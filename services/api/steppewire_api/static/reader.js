// One article, whole: its text with languages and entities marked, its history and where it came from.

import { byId, el, inLanguage, outward } from "./dom.js";
import { badge } from "./list.js";
import { compare, count, ENTITY_KINDS, exactTime, kindOf, language, pieces } from "./words.js";
import { ask } from "./wire.js";

const hiddenKinds = new Set(["number", "other"]); // kinds of entities that the reader does not want marked

/** What the reading desk says while nothing is open. */
export function showNothing() {
  byId("reader").replaceChildren(el("div", { class: "idle" },
    el("p", { class: "big" }, "Articles open here."),
    el("p", {}, "Names are marked by what they are:"),
    el("ul", { class: "legend" }, Object.entries(ENTITY_KINDS).slice(0, 5).map(([kind, [one]]) =>
      el("li", {}, el("mark", { class: kind }, one)))),
    el("p", { class: "hint" }, el("kbd", {}, "j"), " ", el("kbd", {}, "k"), " to move, ", el("kbd", {}, "Enter"), " to read, ", el("kbd", {}, "/"), " to search")));
}

export function showError(message) {
  byId("reader").replaceChildren(el("div", { class: "idle" }, closer(), el("p", { class: "big" }, "This article cannot be shown."), el("p", {}, message)));
}

/** Show an article; with `version`, that one. Throws when there is none. */
export async function show(id, version) {
  const path = `/articles/${encodeURIComponent(id)}`;
  const [article, history] = await Promise.all([ask(path, { version }), ask(`${path}/versions`)]);
  const node = draw(article, history.items);
  byId("reader").replaceChildren(node);
  byId("reader").scrollTop = 0;
  applyKinds();
  if (article.copies.length) listCopies(article.copies, node.querySelector(".copies"));
  return article;
}

function draw(article, history) {
  return el("article", { class: "story" },
    closer(),
    head(article),
    legend(article),
    el("div", { class: "body" }, article.paragraphs.map((paragraph, index) => block(paragraph, article, article.paragraphs[index - 1]))),
    el("p", { class: "original" }, outward(article.url, { class: "primary", id: "original" }, `Read the original at ${hostOf(article.url)} ↗`)),
    names(article),
    versions(article, history),
    article.copies.length ? el("section", { class: "aside" }, el("h2", {}, "The same text elsewhere"), el("ul", { class: "copies" })) : null,
    translations(article),
    provenance(article));
}

const closer = () => el("button", { type: "button", class: "quiet close", id: "close", "aria-label": "Close the article" }, "✕");

function head(article) {
  const when = article.published_at || article.first_stored_at;
  return el("header", {},
    el("p", { class: "meta" }, badge(article.language), el("span", { class: "source" }, article.source), article.section ? el("span", { class: "note", ...inLanguage(article.language) }, article.section) : null),
    el("h1", inLanguage(article.title.language), marked(article.title, article.entities)),
    el("p", { class: "byline" },
      article.authors.length ? el("span", { class: "authors", ...inLanguage(article.language) }, article.authors.join(", ")) : null,
      el("time", { datetime: when, title: article.published_at ? `The site says ${article.published_at}` : "The page gives no time; this is when it was stored" }, `${article.published_at ? "" : "stored "}${exactTime(new Date(when))}`),
      article.modified_at ? el("span", { title: article.modified_at }, `changed ${exactTime(new Date(article.modified_at))}`) : null),
    shares(article),
    article.lead ? el("p", { class: "standfirst", ...inLanguage(article.lead.language) }, marked(article.lead, article.entities)) : null);
}

/** A bar of the languages in the text, when there is more than one. */
function shares(article) {
  const found = Object.entries(article.language_shares).filter(([, share]) => share >= 0.01).sort((a, b) => b[1] - a[1]);
  if (found.length < 2) return null;
  const said = found.map(([tag, share]) => `${language(tag).english} ${Math.round(share * 100)}%`).join(", ");
  return el("div", { class: "shares", role: "img", "aria-label": `Languages of the text: ${said}` }, found.map(([tag, share]) => {
    const part = el("span", { data: { code: language(tag).code }, title: language(tag).english }, el("bdi", {}, language(tag).own), ` ${Math.round(share * 100)}%`);
    part.style.flexGrow = share;
    return part;
  }));
}

function marked(text, entities) {
  return pieces(text.text, text.marks).map((piece) => {
    if (piece.entity === undefined) return piece.text;
    const entity = entities[piece.entity];
    return el("mark", { class: kindOf(entity), title: `${ENTITY_KINDS[kindOf(entity)][0]}: ${entity.name}`, data: { entity: entity.id || entity.name, name: entity.name } }, piece.text);
  });
}

const TAGS = { subhead: "h2", quote: "blockquote" };

function block(paragraph, article, before) {
  const foreign = paragraph.language !== article.language && paragraph.language !== "und";
  const text = el(TAGS[paragraph.kind] || "p", { class: paragraph.kind, ...inLanguage(paragraph.language) }, marked(paragraph, article.entities));
  return el("div", { class: foreign ? "block foreign" : "block", data: { code: language(paragraph.language).code } },
    foreign && before?.language !== paragraph.language ? badge(paragraph.language) : null,
    paragraph.kind === "background" ? el("span", { class: "note" }, "earlier") : null,
    text);
}

/** The legend doubles as switches: which kinds of names are marked. */
function legend(article) {
  const kinds = Object.keys(ENTITY_KINDS).filter((kind) => article.entities.some((entity) => kindOf(entity) === kind));
  if (!kinds.length) return null;
  return el("fieldset", { class: "legend" }, el("legend", { class: "hidden" }, "Marked in the text"), kinds.map((kind) => {
    const box = el("input", { type: "checkbox", checked: !hiddenKinds.has(kind), onchange: (event) => { hiddenKinds[event.target.checked ? "delete" : "add"](kind); applyKinds(); } });
    return el("label", {}, box, el("mark", { class: kind }, ENTITY_KINDS[kind][1]), el("span", { class: "count" }, count(article.entities.filter((entity) => kindOf(entity) === kind).length)));
  }));
}

function applyKinds() {
  for (const kind of Object.keys(ENTITY_KINDS)) byId("reader").classList.toggle(`no-${kind}`, hiddenKinds.has(kind));
}

function names(article) {
  const kinds = ["person", "organisation", "place"].filter((kind) => article.entities.some((entity) => kindOf(entity) === kind));
  if (!kinds.length) return null;
  return el("section", { class: "aside" }, el("h2", {}, "Named here"), kinds.map((kind) =>
    el("p", { class: "named" }, el("span", { class: "kind" }, ENTITY_KINDS[kind][1]),
      article.entities.filter((entity) => kindOf(entity) === kind).map((entity) =>
        el("a", { href: `/?entity=${encodeURIComponent(entity.id || entity.name)}`, class: `name ${kind}`, data: { entity: entity.id || entity.name, name: entity.name }, title: `Only articles about ${entity.name}`, ...inLanguage(article.language) }, entity.name, entity.count > 1 ? el("small", {}, ` ${entity.count}`) : null)))));
}

function versions(article, history) {
  if (history.length < 2) return null;
  const changes = el("div", { class: "changes" });
  return el("section", { class: "aside" }, el("h2", {}, "Versions"),
    el("ol", { class: "versions" }, history.map((item) => el("li", {},
      el("a", { href: `?article=${article.id}&version=${item.version}`, "aria-current": item.version === article.version ? "true" : undefined, data: { version: item.version } }, `Version ${item.version}`),
      el("time", { datetime: item.stored_at, title: item.stored_at }, exactTime(new Date(item.stored_at))),
      item.version > 1 ? el("button", { type: "button", class: "link", onclick: () => showChanges(article.id, item.version, changes) }, "what changed") : null))),
    changes);
}

async function showChanges(id, version, into) {
  const [before, after] = await Promise.all([version - 1, version].map((number) => ask(`/articles/${id}`, { version: number })));
  const steps = compare(textOf(before), textOf(after)).filter((step) => step.kind !== "same");
  into.replaceChildren(
    el("p", { class: "note" }, `From version ${version - 1} to ${version}:`),
    ...(steps.length ? steps.map((step) => el(step.kind === "gone" ? "del" : "ins", inLanguage(after.language), step.text)) : [el("p", {}, "Only spacing changed.")]));
}

const textOf = (article) => [article.title.text, article.lead ? article.lead.text : "", ...article.paragraphs.map((p) => p.text)].filter(Boolean);

async function listCopies(ids, list) {
  const found = await Promise.allSettled(ids.slice(0, 8).map((id) => ask(`/articles/${id}`)));
  list.replaceChildren(...found.filter((one) => one.status === "fulfilled").map(({ value: copy }) =>
    el("li", {}, el("a", { href: `?article=${copy.id}`, data: { article: copy.id }, ...inLanguage(copy.language) }, copy.title.text), el("span", { class: "source" }, ` ${copy.source}`))));
}

function translations(article) {
  const found = Object.entries(article.translations);
  if (!found.length) return null;
  return el("section", { class: "aside" }, el("h2", {}, "In other languages"), el("ul", {}, found.map(([tag, url]) =>
    el("li", {}, outward(url, { hreflang: tag }, `${language(tag).own} ↗`)))));
}

function provenance(article) {
  const from = article.provenance;
  const rows = [
    ["Fetched", `${exactTime(new Date(from.fetched_at))}, status ${from.status}`], ["Page", from.url], ["Raw page", from.blob],
    ["Read by", `${from.parser}, ${from.method}, ${from.charset}`], ["Remarks", from.facts.join(", ")],
    ["Models", Object.entries(from.models).map(([name, version]) => `${name} ${version}`).join(", ")],
    ["Stored", exactTime(new Date(article.stored_at))], ["Tags", article.tags.join(", ")], ["Article id", article.id], ["Version id", article.version_id],
  ];
  return el("details", { class: "aside provenance" }, el("summary", {}, "Where this comes from"),
    el("dl", {}, rows.filter(([, value]) => value).flatMap(([name, value]) => [el("dt", {}, name), el("dd", { dir: "auto" }, value)])),
    el("p", {}, el("a", { href: `/articles/${article.id}?version=${article.version}` }, "This record as JSON")));
}

function hostOf(url) {
  try { return new URL(url).hostname; } catch { return "its site"; }
}
