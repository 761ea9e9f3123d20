// How things are said: languages, times, kinds of entities. Pure functions.

const OWN_NAMES = {
  kk: "Қазақша", ru: "Русский", uz: "Oʻzbekcha", en: "English", ky: "Кыргызча", tg: "Тоҷикӣ",
  tk: "Türkmençe", tr: "Türkçe", zh: "中文", ug: "ئۇيغۇرچە", fa: "فارسی", ar: "العربية", de: "Deutsch", fr: "Français",
};
const names = new Intl.DisplayNames(["en"], { type: "language" });
const scripts = new Intl.DisplayNames(["en"], { type: "script" });

/** The kinds that the page tells apart, and the types of entities that each holds. */
export const ENTITY_KINDS = {
  person: ["Person", "People"], organisation: ["Organisation", "Organisations"], place: ["Place", "Places"],
  date: ["Date", "Dates"], money: ["Money", "Money"], number: ["Number", "Numbers"], other: ["Other", "Other"],
};
const KIND_OF_TYPE = {
  PERSON: "person", ORGANISATION: "organisation", GPE: "place", LOCATION: "place", FACILITY: "place", DATE: "date", TIME: "date",
  MONEY: "money", CARDINAL: "number", ORDINAL: "number", PERCENTAGE: "number", QUANTITY: "number",
};

/** The kind of an entity: a key of ENTITY_KINDS. */
export const kindOf = (entity) => KIND_OF_TYPE[entity.type] || "other";

/** Take a BCP 47 tag apart: {code, script, own, english}. */
export function language(tag) {
  const [code, ...rest] = (tag || "und").split("-");
  const script = rest.find((part) => part.length === 4) || "";
  const own = code === "uz" && script === "Cyrl" ? "Ўзбекча" : OWN_NAMES[code] || code;
  return { code, script, own, english: english(code, script) };
}

function english(code, script) {
  if (code === "und") return "unknown language";
  const name = attempt(() => names.of(code)) || code;
  return script ? `${name} in ${attempt(() => scripts.of(script)) || script} script` : name;
}

function attempt(read) {
  try { return read(); } catch { return ""; }
}

/** The time by which an article is ordered: when it was published, else when it was stored. */
export const momentOf = (card) => new Date(card.published_at || card.stored_at);

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
const exactly = new Intl.DateTimeFormat(undefined, {
  weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false, timeZoneName: "short",
});
const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });

export const clockTime = (date) => clock.format(date);
export const exactTime = (date) => exactly.format(date);
export const count = (number) => new Intl.NumberFormat("en").format(number);

/** A day in the reader's zone, as a key that sorts: 2026-11-20. */
export const dayKey = (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 10);

export function dayName(date, now = new Date()) {
  const apart = Math.round((Date.parse(dayKey(now)) - Date.parse(dayKey(date))) / 86400000);
  const full = day.format(date);
  return apart === 0 ? `Today · ${full}` : apart === 1 ? `Yesterday · ${full}` : full;
}

/** What a time's tooltip says: the reader's zone, and what the site wrote. */
export function timeTitle(card) {
  const here = exactTime(momentOf(card));
  return card.published_at
    ? `${here} (the site says ${card.published_at})`
    : `The page gives no time; stored ${here}`;
}

/** Split a text at its marks: [{text, entity?}]. Offsets count code points, not UTF-16 units. */
export function pieces(text, marks) {
  if (!marks.length) return [{ text }];
  const points = Array.from(text);
  const cut = (from, to) => points.slice(from, to).join("");
  const found = [];
  let at = 0;
  for (const mark of marks) {
    if (mark.start > at) found.push({ text: cut(at, mark.start) });
    found.push({ text: cut(mark.start, mark.end), entity: mark.entity });
    at = mark.end;
  }
  if (at < points.length) found.push({ text: cut(at) });
  return found;
}

/** Compare two lists of paragraphs: [{kind: "same" | "gone" | "new", text}] (longest common subsequence). */
export function compare(before, after) {
  const table = Array.from({ length: before.length + 1 }, () => new Array(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      table[i][j] = before[i] === after[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
  const steps = [];
  let i = 0, j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) steps.push({ kind: "same", text: after[j++] }), i++;
    else if (i < before.length && (j === after.length || table[i + 1][j] >= table[i][j + 1])) steps.push({ kind: "gone", text: before[i++] });
    else steps.push({ kind: "new", text: after[j++] });
  }
  return steps;
}
