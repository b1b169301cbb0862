// Other people's changes: an event asks Turbo to fetch the page again and morph it in place.
import * as Turbo from "@hotwired/turbo";
import { follow } from "./leader";

/** What the server says of a change; `by` is the X-Turbo-Request-Id of the request that made it. */
interface Change {
  seq: number;
  product: string;
  key: string;
  by: string | null;
}

let holds = 0;
let pending: { by?: string } | null = null;
let timer: number | undefined;
let followed: string | null = null;

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

/** Asks for the page as it is now; waits where something is under way. */
export function refreshPage(by?: string): void {
  // Two changes become one refresh; it is an echo only if both were our own.
  pending = pending && pending.by !== by ? {} : by === undefined ? {} : { by };
  flushSoon();
}

function flushSoon(): void {
  if (pending && timer === undefined) timer = window.setTimeout(flush, 150);
}

function flush(): void {
  timer = undefined;
  if (!pending || document.hidden || holds > 0) return;
  // Turbo drops a refresh while a visit is in flight: turbo:load and turbo:render come back here.
  if (Turbo.session.navigator.currentVisit?.state === "started") return;
  const { by } = pending;
  pending = null;
  Turbo.session.refresh(document.baseURI, by === undefined ? {} : { requestId: by });
}

function meta(): HTMLMetaElement | null {
  return document.querySelector("meta[name=live]");
}

function heard(change: Change | null): void {
  const scope = meta()?.dataset.scope ?? "";
  if (!meta() || (change && scope && change.product && change.product !== scope)) return;
  refreshPage(change?.by ?? undefined);
}

function listen(): void {
  const url = meta()?.content;
  if (url && url !== followed) {
    followed = url;
    // Null means that the stream was lost and is back: anything may have changed.
    follow(url, (data) => heard(data === null ? null : (JSON.parse(data) as Change)));
  }
}

export function startLive(): void {
  listen();
  document.addEventListener("turbo:load", () => {
    listen();
    flushSoon();
  });
  document.addEventListener("turbo:render", flushSoon);
  document.addEventListener("visibilitychange", flushSoon);
}
