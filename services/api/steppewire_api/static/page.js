// What the pages do beyond links and forms: new articles are announced, keys move from one to the
// next. Every page works without it.

import { askPage, follow } from "./wire.js";

const root = document.documentElement;
const list = document.getElementById("list");
const fresh = document.getElementById("fresh");
const state = document.getElementById("state");

for (const node of document.querySelectorAll("[data-script]")) node.hidden = false;

// where what narrows a search stands above what it found, it waits until it is asked for
if (matchMedia("(max-width: 59.99rem)").matches) document.querySelector(".narrow")?.removeAttribute("open");

// ---- new articles wait behind a bar, so that nothing moves under a reader's eyes

const waiting = new Map(); // id of an article -> whether it has come
let unfollow = null;

const shown = () => new Set(Array.from(list.querySelectorAll(".card"), (card) => card.dataset.id));
const momentOf = (card) => card.published_at && card.published_at <= card.stored_at ? card.published_at : card.stored_at;

/** Whether the first page of the list would show it: older ones belong further down. */
function belongs(card) {
  if (shown().has(card.id)) return false;
  if (!list.querySelector("[rel=next]") || "earlier" in list.dataset) return true;
  const oldest = Array.from(list.querySelectorAll(".card")).at(-1);
  return !oldest || Date.parse(momentOf(card)) >= Date.parse(oldest.dataset.at);
}

function arrive(card) {
  if (!belongs(card)) return;
  waiting.set(card.id, true);
  announce();
}

function announce() {
  const count = waiting.size;
  const form = new Intl.PluralRules(root.lang).select(count);
  const text = fresh.getAttribute(`data-${form}`) || fresh.dataset.other;
  fresh.textContent = text.replace("{n}", new Intl.NumberFormat(root.lang).format(count));
  fresh.hidden = count === 0;
  document.title = document.title.replace(/^\(\d+\) /, "");
  if (count) document.title = `(${count}) ${document.title}`;
}

/** Put the newest page of the list in place of what is shown, and the reader at its top. */
async function show() {
  const known = shown();
  const page = await askPage(fresh.href);
  list.replaceChildren(...page.getElementById("list").childNodes);
  delete list.dataset.earlier;
  history.replaceState(null, "", fresh.href);
  for (const card of list.querySelectorAll(".card")) if (!known.has(card.dataset.id)) card.classList.add("fresh-in");
  waiting.clear();
  announce();
  window.scrollTo({ top: 0 });
  list.querySelector("h3 a")?.focus({ preventScroll: true });
}

/** After a gap in the stream, see for ourselves what is new. */
let looking = null;
function look() {
  looking ??= setTimeout(async () => {
    looking = null;
    const page = await askPage(fresh.href).catch(() => null);
    const known = shown();
    for (const card of page?.querySelectorAll("#list .card") ?? []) if (!known.has(card.dataset.id)) waiting.set(card.dataset.id, true);
    announce();
  }, 1000);
}

function tell(now) {
  state.hidden = false;
  state.dataset.state = now;
  state.lastElementChild.textContent = state.dataset[now];
}

function listen() {
  unfollow = follow(JSON.parse(list.dataset.live), { onArticle: arrive, onGap: look, onState: tell });
}

if (list && fresh && state) {
  listen();
  fresh.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show().catch(() => { location.href = fresh.href; });
  });
  // a page that waits in the history holds no connection
  window.addEventListener("pagehide", () => unfollow?.());
  window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
}

// ---- keys, unless they are switched off (WCAG 2.1.4)

const heads = () => Array.from(document.querySelectorAll(".card h3 a"));

function move(step) {
  const links = heads();
  const at = links.findIndex((link) => link.closest(".card").contains(document.activeElement));
  const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step];
  next?.focus();
  next?.closest(".card").scrollIntoView({ block: "nearest" });
}

const KEYS = {
  "/": () => { const field = [document.querySelector("main input[type=search]"), document.getElementById("quick")].find((one) => one?.checkVisibility()); field?.focus(); field?.select(); },
  j: () => move(1),
  k: () => move(-1),
  n: () => fresh && !fresh.hidden && fresh.click(),
  o: () => document.querySelector(".original a")?.click(),
};

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".choices[open]");
  if (event.key === "Escape" && menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
  const isTyping = event.target.closest("input, select, textarea, [contenteditable]");
  if (root.dataset.keys === "off" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});

document.addEventListener("click", (event) => {
  const menu = document.querySelector(".choices[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});

// a choice of a filter is meant at once; the button is for whoever has no scripts
for (const box of document.querySelectorAll(".sieve input[type=checkbox], .sieve select"))
  box.addEventListener("change", () => box.form.requestSubmit());
// empty fields make long addresses
for (const form of document.querySelectorAll(".sieve"))
  form.addEventListener("formdata", (event) => { for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name); });
