// The page: what is asked for, what is shown, and what the reader does about it.

import { byId, el, outward } from "./dom.js";
import * as list from "./list.js";
import * as reader from "./reader.js";
import { count, language, momentOf } from "./words.js";
import { ask, follow } from "./wire.js";

const PAGE_SIZE = 40;
const STATS_EVERY = 4000;
const MANY = 2000; // cards in the page; a wire that runs for days must not fill the memory

let asked = {}; // the query: {q, language: [], source, entity}
let next = null; // cursor of the earlier articles
let waiting = new Map(); // arrivals that would move what the reader is looking at
let unfollow = () => {};
let answering = 0; // number of the newest query; answers to older ones are dropped
let opened = null; // id of the open article

// ---- the query and its address

function readAddress() {
  const at = new URLSearchParams(location.search);
  asked = { q: at.get("q") || "", language: at.getAll("language"), source: at.get("source") || "", entity: at.get("entity") || "" };
  return { article: at.get("article"), version: at.get("version") };
}

function address(more = {}) {
  const at = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...asked, ...more })) for (const one of [value].flat()) if (one) at.append(name, one);
  const query = at.toString();
  return query ? `/?${query}` : "/";
}

function change(changes) {
  asked = { ...asked, ...changes };
  history.pushState({}, "", address({ article: opened }));
  begin();
}

const isFiltered = () => Boolean(asked.q || asked.entity || asked.source || asked.language.length);
/** Whether the live stream can be filtered as the list is; it knows languages and sources only. */
const isSearch = () => Boolean(asked.q || asked.entity);

// ---- the list

async function begin() {
  const turn = ++answering;
  waiting.clear();
  drawFilters();
  drawFresh();
  // First listen, then ask: what arrives in between is shown once, because the list knows its ids.
  unfollow();
  unfollow = follow({ language: asked.language, source: asked.source }, { onArticle: arrive, onGap: begin, onState: drawState });
  await fill(turn);
}

async function fill(turn) {
  try {
    const page = await ask("/articles", { ...asked, limit: PAGE_SIZE });
    if (turn !== answering) return;
    list.clear();
    page.items.forEach((card) => list.place(card));
    next = page.next;
    drawEmpty();
    if (opened) list.select(opened);
  } catch (error) {
    if (turn === answering) drawTrouble(error.message);
  }
  byId("more").hidden = !next;
}

async function more() {
  const turn = answering;
  byId("more").disabled = true;
  try {
    const page = await ask("/articles", { ...asked, limit: PAGE_SIZE, cursor: next });
    if (turn !== answering) return;
    page.items.forEach((card) => list.place(card));
    next = page.next;
  } catch (error) {
    drawTrouble(error.message);
  } finally {
    byId("more").disabled = false;
    byId("more").hidden = !next;
  }
}

/** An article arrived: show it at once, or let it wait when the reader is further down. */
function arrive(card) {
  if (list.has(card)) return;
  if (isSearch()) return searchAgain();
  const isEarlier = next && list.oldest() && momentOf(card) < list.oldest();
  if (isEarlier) return;
  if (scrolledTop() <= 80 && list.size() < MANY) {
    list.place(card, { fresh: true });
    drawEmpty();
    if (opened) list.select(opened);
  } else {
    waiting.set(card.id, card);
    drawFresh();
  }
}

let again = null;
function searchAgain() {
  // The stream cannot search; ask once after a burst, and offer what is new.
  again ??= setTimeout(async () => {
    again = null;
    const turn = answering;
    const page = await ask("/articles", { ...asked, limit: PAGE_SIZE }).catch(() => ({ items: [] }));
    if (turn !== answering) return;
    for (const card of page.items) if (!list.has(card)) waiting.set(card.id, card);
    drawFresh();
  }, 1000);
}

function showFresh() {
  for (const card of waiting.values()) list.place(card, { fresh: true });
  waiting.clear();
  drawFresh();
  drawEmpty();
  wireBox().scrollTo({ top: 0 });
  list.cards()[0]?.querySelector("a").focus({ preventScroll: true });
}

const isWide = () => matchMedia("(min-width: 62rem)").matches;
const wireBox = () => (isWide() ? byId("wire") : window);
const scrolledTop = () => (isWide() ? byId("wire").scrollTop : window.scrollY);

// ---- one article

async function open(id, version, { push = true } = {}) {
  opened = id;
  if (push) history.pushState({}, "", address({ article: id, version }));
  document.body.classList.add("reading");
  list.select(id);
  try {
    const article = await reader.show(id, version);
    if (opened !== id) return;
    document.title = `${article.title.text} · steppewire`;
  } catch (error) {
    reader.showError(error.message);
  }
  byId("reader").focus({ preventScroll: true });
}

function close({ push = true } = {}) {
  const was = opened;
  opened = null;
  document.title = "steppewire";
  document.body.classList.remove("reading");
  reader.showNothing();
  list.select(null);
  if (!was) return;
  if (push) history.pushState({}, "", address());
  document.querySelector(`.card[data-id="${was}"] a`)?.focus();
}

// ---- what is drawn around them

const STATES = { live: "live", waiting: "waiting for the broker", reconnecting: "reconnecting", connecting: "connecting" };

function drawState(state, reason = "") {
  const node = byId("state");
  if (node.dataset.state === state) return;
  node.dataset.state = state;
  node.title = reason || "";
  node.lastElementChild.textContent = STATES[state];
}

function drawFresh() {
  const fresh = byId("fresh");
  fresh.hidden = !waiting.size;
  fresh.textContent = waiting.size === 1 ? "1 new article" : `${count(waiting.size)} new articles`;
  if (waiting.size) byId("announce").textContent = fresh.textContent;
}

function drawEmpty() {
  const empty = byId("empty");
  empty.hidden = list.size() > 0;
  if (!empty.hidden) empty.replaceChildren(...(isFiltered() ? nothingMatches() : nothingYet()));
}

const nothingYet = () => [
  el("p", { class: "big" }, "The wire is quiet."),
  el("p", {}, "Nothing has been stored yet. Start the newswire and leave this page open; articles appear here as they arrive."),
  el("p", {}, el("code", {}, "make demo"), " plays a newsroom on this machine, also offline."),
  el("p", {}, el("code", {}, "make run"), " follows the real sites."),
];
const nothingMatches = () => [
  el("p", { class: "big" }, "Nothing matches."),
  el("p", {}, "Try fewer words, or take a filter away. Any spelling will do: Kazakh or Russian letters, Uzbek in Latin or Cyrillic."),
  el("p", {}, el("button", { type: "button", class: "primary", onclick: clearAll }, "Show everything")),
];

function drawTrouble(message) {
  if (list.size()) return byId("announce").replaceChildren(message);
  byId("empty").hidden = false;
  byId("empty").replaceChildren(el("p", { class: "big" }, "The articles cannot be read."), el("p", {}, message),
    el("p", {}, el("button", { type: "button", class: "primary", onclick: begin }, "Try again")));
}

const clearAll = () => { entityName = ""; change({ q: "", language: [], source: "", entity: "" }); };

let facets = { language: [], source: [] };
let entityName = "";

async function readFacets() {
  const read = (by) => ask(`/facets/${by}`, { limit: 200 }).then((found) => found.values, () => facets[by]);
  const [languages, sources] = await Promise.all([read("language"), read("source")]);
  const found = { language: languages, source: sources };
  if (JSON.stringify(found) === JSON.stringify(facets)) return; // a redraw would take the focus away
  facets = found;
  drawFilters();
}

function drawFilters() {
  byId("filters").hidden = !facets.source.length && !isFiltered();
  if (document.activeElement !== byId("q")) byId("q").value = asked.q;
  byId("languages").replaceChildren(...facets.language.map(({ value, count: articles }) => {
    const { own, english, script, code } = language(value);
    const on = asked.language.includes(value);
    const isOneOfTwo = facets.language.filter((other) => language(other.value).code === code).length > 1;
    return el("button", { type: "button", class: on ? "chip on" : "chip", "aria-pressed": String(on), title: english, data: { language: value, code } },
      el("span", { lang: code }, own), isOneOfTwo && code !== "uz" ? el("small", {}, script) : null, el("small", { class: "count" }, count(articles)));
  }));
  const sources = facets.source.map(({ value, count: articles }) => el("option", { value, selected: value === asked.source }, `${value} (${count(articles)})`));
  if (asked.source && !facets.source.some(({ value }) => value === asked.source)) sources.push(el("option", { value: asked.source, selected: true }, asked.source));
  if (document.activeElement !== byId("source")) byId("source").replaceChildren(el("option", { value: "" }, "All sources"), ...sources);
  byId("entity").hidden = !asked.entity;
  byId("entity").replaceChildren(`about ${entityName || asked.entity}`, el("span", { "aria-hidden": "true" }, " ✕"));
  byId("entity").setAttribute("aria-label", `Take away the filter: about ${entityName || asked.entity}`);
  byId("clear").hidden = !isFiltered();
}

const STEPS = { "articles.discovered": "discovered", "articles.fetched": "fetched", "articles.parsed": "parsed", "articles.enriched": "enriched", "articles.stored": "stored" };

async function drawStats() {
  let stats;
  try { stats = await ask("/stats"); } catch { return; }
  if (!stats.broker.reachable) {
    byId("stages").replaceChildren(`${count(stats.articles)} articles in the archive · the counts wait for the broker`);
    byId("outcomes").replaceChildren(el("p", {}, stats.broker.reason));
    return;
  }
  const sum = (read) => stats.stages.reduce((total, stage) => total + read(stage), 0);
  const underway = sum((stage) => stage.lag + stage.pending + stage.delayed);
  const failed = sum((stage) => (stage.totals.reject || 0) + (stage.totals.dead || 0));
  const steps = stats.streams.filter(({ name }) => STEPS[name]).flatMap(({ name, added }, index) => [
    index ? el("i", { "aria-hidden": "true" }, "→") : null, el("span", {}, el("b", {}, count(added)), ` ${STEPS[name]}`)]);
  byId("stages").replaceChildren(...steps.filter(Boolean),
    el("span", { class: underway ? "note busy" : "note" }, underway ? `${count(underway)} under way` : "nothing waits"),
    failed ? el("span", { class: "note bad" }, `${count(failed)} refused`) : "");
  const ill = await troubles();
  if (ill.length) byId("stages").append(el("span", { class: "note bad" }, `${count(ill.length)} ${ill.length === 1 ? "source" : "sources"} in trouble`));
  byId("outcomes").replaceChildren(illness(ill), outcomes(stats.stages));
}

const HEALTH_EVERY = 60_000;
let health = { at: 0, ill: [] };

async function troubles() {
  if (Date.now() - health.at < HEALTH_EVERY) return health.ill;
  const items = await ask("/sources").then((found) => found.items, () => null);
  if (!items) return health.ill;
  health = { at: Date.now(), ill: items.filter((one) => one.health?.why) };
  return health.ill;
}

function illness(ill) {
  if (!ill.length) return "";
  const page = ({ health: { troubles: told } }) => Object.values(told).find((event) => event.page)?.page;
  const minute = (time) => time.slice(0, 16).replace("T", " ");
  return el("table", { class: "ill" }, el("caption", {}, "Sources in trouble"),
    el("thead", {}, el("tr", {}, ["source", "state", "since (UTC)", "why", "page"].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, ill.map((one) => el("tr", {}, el("th", { scope: "row" }, one.name), el("td", {}, one.health.state), el("td", {}, minute(one.health.since)),
      el("td", {}, one.health.why), el("td", {}, page(one) ? outward(page(one).url, {}, "page") : "")))));
}

function outcomes(stages) {
  const cell = (stage, name) => el("td", {}, count(stage.totals[name] || 0));
  const reasons = stages.flatMap((stage) => stage.outcomes.filter(({ outcome }) => outcome !== "done" && outcome !== "retry").map((one) => ({ stage: stage.stage, ...one }))).sort((a, b) => b.count - a.count);
  return el("div", { class: "tables" },
    el("table", {}, el("caption", {}, "Stages"),
      el("thead", {}, el("tr", {}, ["stage", "done", "skipped", "refused", "failed", "waiting"].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, stages.map((stage) => el("tr", {}, el("th", { scope: "row" }, stage.stage), ["done", "skip", "reject", "dead"].map((name) => cell(stage, name)), el("td", {}, count(stage.lag + stage.pending + stage.delayed)))))),
    reasons.length ? el("table", {}, el("caption", {}, "What did not become an article, and why"),
      el("thead", {}, el("tr", {}, ["stage", "source", "outcome", "reason", "count"].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, reasons.slice(0, 40).map((one) => el("tr", {}, el("td", {}, one.stage), el("td", {}, one.source), el("td", {}, one.outcome), el("td", {}, one.reason), el("td", {}, count(one.count)))))) : null);
}

async function keepCounting() {
  for (;;) {
    if (document.visibilityState === "visible") await Promise.all([drawStats(), readFacets()]);
    await new Promise((done) => setTimeout(done, STATS_EVERY));
  }
}

// ---- colours

const THEMES = { "": ["◐", "as the system"], light: ["☀", "light"], dark: ["☾", "dark"] };

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  const [sign, name] = THEMES[theme];
  byId("theme").textContent = sign;
  byId("theme").title = `Colours: ${name}`;
  byId("theme").setAttribute("aria-label", `Colours: ${name}`);
}

function turnTheme() {
  const names = Object.keys(THEMES);
  const theme = names[(names.indexOf(document.documentElement.dataset.theme || "") + 1) % names.length];
  setTheme(theme);
  try { localStorage.setItem("theme", theme); } catch { /* a private window keeps nothing */ }
}

function rememberedTheme() {
  try { return localStorage.getItem("theme") || ""; } catch { return ""; }
}

// ---- what the reader does

function onClick(event) {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  const target = event.target;
  if (!plain) return;
  if (target.closest("#close")) return close();
  const named = target.closest("[data-entity]");
  if (named) return event.preventDefault(), about(named.dataset);
  const version = target.closest("[data-version]");
  if (version) return event.preventDefault(), open(opened, version.dataset.version);
  const copy = target.closest("[data-article]");
  if (copy) return event.preventDefault(), open(copy.dataset.article);
  const language_ = target.closest("[data-language]");
  if (language_) return toggleLanguage(language_.dataset.language);
  const card = target.closest(".card");
  if (!card || (target.closest("a") && !target.closest("h3"))) return;
  if (!target.closest("a") && String(getSelection())) return; // selecting text is not opening
  event.preventDefault();
  open(card.dataset.id);
}

function about({ entity, name }) {
  entityName = name;
  if (!isWide()) { opened = null; close({ push: false }); }
  change({ entity });
}

const toggleLanguage = (tag) =>
  change({ language: asked.language.includes(tag) ? asked.language.filter((one) => one !== tag) : [...asked.language, tag] });

const KEYS = {
  "/": () => { byId("q").focus(); byId("q").select(); },
  j: () => list.step(1),
  k: () => list.step(-1),
  n: () => { if (waiting.size) showFresh(); },
  o: () => byId("original")?.click(),
  "?": () => byId("help").showModal(),
  Escape: () => close(),
};

function onKey(event) {
  if (event.metaKey || event.ctrlKey || event.altKey || byId("help").open) return;
  if (event.target.closest("input[type=search], select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

let typing = null;
function onType() {
  clearTimeout(typing);
  typing = setTimeout(() => { if (byId("q").value.trim() !== asked.q) change({ q: byId("q").value.trim() }); }, 250);
}

function arriveAtAddress() {
  const { article, version } = readAddress();
  begin();
  if (article) open(article, version, { push: false });
  else close({ push: false });
}

setTheme(rememberedTheme());
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
window.addEventListener("popstate", arriveAtAddress);
byId("search").addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(typing); change({ q: byId("q").value.trim() }); list.step(0); });
byId("q").addEventListener("input", onType);
byId("source").addEventListener("change", (event) => { event.target.blur(); change({ source: event.target.value }); });
byId("entity").addEventListener("click", () => { entityName = ""; change({ entity: "" }); });
byId("clear").addEventListener("click", clearAll);
byId("fresh").addEventListener("click", showFresh);
byId("more").addEventListener("click", more);
byId("theme").addEventListener("click", turnTheme);
byId("help-open").addEventListener("click", () => byId("help").showModal());
arriveAtAddress();
keepCounting();
