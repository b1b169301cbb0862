// Other people's changes: an event asks Turbo to fetch the page again and morph it in place.
import * as Turbo from "@hotwired/turbo";
import { follow } from "./leader";

/** What the server says: in `product`, up to `seq`, these changes were made. */
interface News {
  seq: number;
  product: string;
  changes: string[];
}

/** Changes that this tab made: their echo needs no refresh. */
const own = new Set<string>();
let holds = 0;
/** Changes that the page does not show yet; null where anything may have changed. */
let pending: Set<string> | null | undefined;
let timer: number | undefined;
/** The visit that fetches what others did, while it is on its way. */
let refreshing: Turbo.Visit | undefined;
let followed: string | null = null;

/** The key of the product that the page is of; empty where it is of none. */
export function here(): string {
  return meta()?.dataset.scope ?? "";
}

/** Keeps refreshes back, as while dragging; call the answer once to let them go. */
export function hold(): () => void {
  holds += 1;
  let held = true;
  return () => {
    if (held) holds -= 1;
    held = false;
    flushSoon();
  };
}

/** Tells that a change is this tab's own. */
export function isOurs(change: string | null | undefined): void {
  if (change) own.add(change);
}

/** Asks for the page as it is now; waits where something is under way. */
export function refreshPage(changes?: string[]): void {
  if (changes === undefined || pending === null) pending = null;
  else pending = new Set([...(pending ?? []), ...changes]);
  flushSoon();
}

function flushSoon(): void {
  // A form that was sent meanwhile stopped it: what it would have shown is still to come.
  if (refreshing?.state === "canceled") {
    refreshing = undefined;
    pending = null;
  }
  if (pending !== undefined && timer === undefined) timer = window.setTimeout(flush, 150);
}

function flush(): void {
  timer = undefined;
  if (pending === undefined || document.hidden || holds > 0) return;
  // Turbo drops a refresh while a visit is in flight: turbo:load and turbo:render come back here.
  if (Turbo.session.navigator.currentVisit?.state === "started") return;
  const foreign = pending === null || [...pending].some((change) => !own.has(change));
  pending = undefined;
  if (!foreign) return;
  // Not `session.refresh`: that begins a moment later, and would stop a form sent in between.
  Turbo.visit(document.baseURI, { action: "replace", shouldCacheSnapshot: false });
  refreshing = Turbo.session.navigator.currentVisit;
}

/** What was fetched before something got under way is not shown over it, but fetched anew afterwards. */
function showNothingWhileHeld(event: Event): void {
  const visit = Turbo.session.navigator.currentVisit;
  if (holds === 0 || !visit || visit !== refreshing) return;
  (event as CustomEvent<{ render: () => void }>).detail.render = () => undefined;
  pending = null;
}

function meta(): HTMLMetaElement | null {
  return document.querySelector("meta[name=live]");
}

function heard(news: News | null): void {
  const scope = here();
  if (!meta() || (news && scope && news.product !== scope)) return;
  refreshPage(news?.changes);
}

function listen(): void {
  const { content: url, dataset } = meta() ?? {};
  // The page that an own change led to names it.
  isOurs(dataset?.own);
  if (url && url !== followed) {
    followed = url;
    // Null means that the stream was lost and is back: anything may have changed.
    follow(url, (data) => heard(data === null ? null : (JSON.parse(data) as News)));
  }
}

/** An echo may come before the answer that says whose it is: while a form is sent, nothing is fetched. */
function waitForForms(): void {
  const sending = new Map<EventTarget, () => void>();
  document.addEventListener("turbo:submit-start", (event) => {
    if (event.target && !sending.has(event.target)) sending.set(event.target, hold());
  });
  document.addEventListener("turbo:submit-end", (event) => {
    const release = event.target && sending.get(event.target);
    if (event.target) sending.delete(event.target);
    // The visit that shows the answer begins after this event.
    if (release) window.setTimeout(release, 50);
  });
}

/** What moved under a pressed button would take the press away. */
function waitForPresses(): void {
  let release: (() => void) | undefined;
  document.addEventListener("pointerdown", () => (release ??= hold()));
  for (const end of ["pointerup", "pointercancel", "dragend", "blur"])
    window.addEventListener(end, () => {
      release?.();
      release = undefined;
    });
}

export function startLive(): void {
  listen();
  waitForForms();
  waitForPresses();
  document.addEventListener("turbo:before-render", showNothingWhileHeld);
  document.addEventListener("turbo:load", () => {
    refreshing = undefined;
    listen();
    flushSoon();
  });
  document.addEventListener("turbo:render", () => {
    listen();
    flushSoon();
  });
  document.addEventListener("visibilitychange", flushSoon);
}
