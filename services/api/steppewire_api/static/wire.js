// Talking to the API: JSON answers, and the live stream.

/** Ask for JSON; an error is thrown with the sentence that the API gives. */
export async function ask(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (answer.ok) return answer.json();
  const problem = await answer.json().catch(() => ({}));
  throw new Error(problem.detail || `The server answered ${answer.status}.`);
}

/** Ask for a page; its scripts do not run. Not DOMParser: that would need a Trusted Types policy. */
export function askPage(path) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", path);
    request.responseType = "document";
    request.onload = () => (request.status === 200 && request.response ? resolve(request.response) : reject(new Error(`The server answered ${request.status}.`)));
    request.onerror = () => reject(new Error("The server does not answer."));
    request.send();
  });
}

function parametersOf(parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    for (const one of [value].flat()) if (one !== null && one !== undefined && one !== "") query.append(name, one);
  return query.toString();
}

const FIRST_PAUSE = 1000, LONGEST_PAUSE = 15000;

/**
 * Follow the live stream for ever. The browser resumes by itself after a cut; after an answer
 * that it takes for final (a proxy's 502, say) we begin again, from the last id that we saw.
 * Returns a function that ends it.
 */
export function follow(filters, { onArticle, onGap, onState }) {
  let source, timer, last = filters.last_event_id ?? "", pause = FIRST_PAUSE, over = false;
  const hear = (handle) => (event) => {
    if (event.lastEventId) last = event.lastEventId;
    handle(JSON.parse(event.data));
  };
  const open = () => {
    const query = parametersOf({ ...filters, last_event_id: last });
    source = new EventSource(query ? `/events?${query}` : "/events");
    source.addEventListener("open", () => { pause = FIRST_PAUSE; });
    source.addEventListener("article", hear(onArticle));
    source.addEventListener("gap", hear(onGap));
    source.addEventListener("state", hear((state) => onState(state.connected ? "live" : "waiting")));
    source.addEventListener("error", () => {
      if (over) return;
      onState("reconnecting");
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    });
  };
  open();
  return () => { over = true; clearTimeout(timer); source.close(); };
}
