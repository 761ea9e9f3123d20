// The list of cards, by day, newest first. An article is there once, in its newest version.

import { byId, el, inLanguage } from "./dom.js";
import { clockTime, dayKey, dayName, kindOf, language, momentOf, timeTitle } from "./words.js";

const shown = new Map(); // id -> {card, node}
const days = new Map(); // day -> {section, rows}

export const size = () => shown.size;
export const has = (card) => shown.has(card.id) && shown.get(card.id).card.version >= card.version;
export const cards = () => Array.from(document.querySelectorAll(".card"));

export function clear() {
  shown.clear();
  days.clear();
  byId("list").replaceChildren();
}

/** Put a card in its place; `fresh` lets it glow for a moment. Returns whether it was new. */
export function place(card, { fresh = false } = {}) {
  if (has(card)) return false;
  const before = shown.get(card.id);
  const node = draw(card, fresh, Boolean(before));
  if (before && momentOf(before.card).getTime() === momentOf(card).getTime()) before.node.replaceWith(node);
  else {
    if (before) remove(before.node);
    insert(card, node);
  }
  shown.set(card.id, { card, node });
  return true;
}

/** The time of the oldest card that is shown. */
export function oldest() {
  const last = cards().at(-1);
  return last ? momentOf(shown.get(last.dataset.id).card) : null;
}

export function select(id) {
  for (const node of cards()) {
    const on = node.dataset.id === id;
    node.classList.toggle("open", on);
    if (on) node.querySelector("a").setAttribute("aria-current", "true");
    else node.querySelector("a").removeAttribute("aria-current");
  }
}

/** Move the focus to the next or the previous card; returns it. */
export function step(by) {
  const all = cards();
  if (!all.length) return null;
  const at = all.findIndex((node) => node.contains(document.activeElement));
  const from = at >= 0 ? at : all.findIndex((node) => node.classList.contains("open"));
  const to = all[Math.max(0, Math.min(all.length - 1, from < 0 ? 0 : from + by))];
  to.querySelector("a").focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
  return to;
}

function remove(node) {
  const rows = node.parentElement;
  node.remove();
  if (rows && !rows.children.length) {
    days.delete(rows.parentElement.dataset.day);
    rows.parentElement.remove();
  }
}

function insert(card, node) {
  const rows = dayOf(momentOf(card)).rows;
  const time = momentOf(card).getTime();
  const next = Array.from(rows.children).find((other) => Number(other.dataset.time) < time);
  rows.insertBefore(node, next || null);
}

function dayOf(date) {
  const key = dayKey(date);
  if (!days.has(key)) {
    const rows = el("div", { class: "rows" });
    const section = el("section", { class: "day", data: { day: key } }, el("h2", {}, dayName(date)), rows);
    const later = Array.from(byId("list").children).find((other) => other.dataset.day < key);
    byId("list").insertBefore(section, later || null);
    days.set(key, { section, rows });
  }
  return days.get(key);
}

function draw(card, fresh, updated) {
  const date = momentOf(card);
  return el("article", { class: fresh ? "card fresh-in" : "card", data: { id: card.id, time: date.getTime() } },
    el("time", { datetime: date.toISOString(), title: timeTitle(card), class: card.published_at ? "" : "unsure" }, clockTime(date)),
    el("div", {},
      el("h3", inLanguage(card.language), el("a", { href: `?article=${card.id}` }, card.title)),
      excerpt(card),
      el("p", { class: "meta" },
        badge(card.language),
        el("span", { class: "source" }, card.source),
        updated || card.version > 1 ? el("span", { class: "note" }, `updated · version ${card.version}`) : null,
        card.copies.length ? el("span", { class: "note" }, card.copies.length === 1 ? "1 copy elsewhere" : `${card.copies.length} copies elsewhere`) : null,
        named(card))));
}

function excerpt(card) {
  if (card.snippet) {
    const parts = card.snippet.map((part) => (part.hit ? el("b", {}, part.text) : part.text));
    return el("p", { class: "lead", ...inLanguage(card.language) }, parts);
  }
  return card.lead ? el("p", { class: "lead", ...inLanguage(card.language) }, card.lead) : null;
}

const NAMED = new Set(["person", "organisation", "place"]);

function named(card) {
  return card.entities.filter((entity) => NAMED.has(kindOf(entity))).slice(0, 3).map((entity) =>
    el("button", { type: "button", class: `name ${kindOf(entity)}`, data: { entity: entity.id || entity.name, name: entity.name }, title: `Only articles about ${entity.name}`, ...inLanguage(card.language) }, entity.name));
}

/** A small badge: the language and its script. */
export function badge(tag) {
  const { code, script, english } = language(tag);
  return el("span", { class: "badge", data: { code }, title: english },
    el("b", {}, code === "und" ? "?" : code), script ? el("span", {}, script) : null);
}
