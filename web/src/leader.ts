// One event stream a browser: HTTP/1.1 allows six connections a host, so a stream in each tab would
// hang the seventh. One tab leads and passes on what it hears.

type Heard = (data: string | null) => void;

const BEAT = 2_000;

/** Calls `heard` with each event's data, and with null once a broken stream is back. */
export function follow(url: string, heard: Heard): void {
  const name = `live:${url}`;
  const channel = new BroadcastChannel(name);
  channel.onmessage = (message) => heard(message.data as string | null);
  const lead = () =>
    open(url, (data) => {
      channel.postMessage(data);
      heard(data);
    });
  if (navigator.locks) {
    void navigator.locks.request(name, () => {
      lead();
      // The lock is held until the tab closes; then the next tab in line leads.
      return new Promise<never>(() => {});
    });
  } else {
    elect(name, lead);
  }
}

/** Plain HTTP has no Web Locks: the tab whose mark in localStorage is fresh leads. */
function elect(name: string, lead: () => EventSource): void {
  const me = crypto.getRandomValues(new Uint32Array(2)).join("-");
  let stream: EventSource | null = null;
  const beat = () => {
    const [leader, at] = (localStorage.getItem(name) ?? "").split(" ");
    const stale = Date.now() - Number(at ?? 0) > 3 * BEAT;
    if (leader === me || stale) {
      localStorage.setItem(name, `${me} ${Date.now()}`);
      if (leader === me) stream ??= lead();
    } else {
      stream?.close();
      stream = null;
    }
  };
  beat();
  window.setInterval(beat, BEAT);
  window.addEventListener("pagehide", () => {
    if (stream) localStorage.removeItem(name);
  });
}

function open(url: string, heard: Heard): EventSource {
  const stream = new EventSource(url);
  let lost = false;
  stream.addEventListener("error", () => {
    lost = true;
  });
  stream.addEventListener("open", () => {
    if (lost) heard(null);
    lost = false;
  });
  const pass = (event: MessageEvent<string>) => heard(event.data);
  stream.addEventListener("message", pass);
  stream.addEventListener("change", pass);
  return stream;
}
