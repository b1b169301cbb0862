// Sending files: with how far each is, a way to stop it, and in words what went wrong.
import { hold } from "./live";

/** An attached file as the server tells it. */
export interface Attached {
  name: string;
  url: string;
  markdown: string;
}

/** Raised where somebody stopped the sending; there is nothing to tell them. */
export class Stopped extends Error {}

/** Sends one file; its line in `list` shows how far it is and how to stop it. */
export async function sendFile(file: File, on: string, list: HTMLElement): Promise<Attached> {
  const release = hold();
  const line = new Line(file.name, list);
  try {
    return await post(file, on, line);
  } finally {
    line.remove();
    release();
  }
}

class Line {
  private readonly line = document.createElement("div");
  private readonly bar = document.createElement("progress");
  private readonly button = document.createElement("button");

  constructor(name: string, list: HTMLElement) {
    this.line.className = "upload";
    const label = document.createElement("span");
    label.textContent = `Attaching ${name}`;
    this.bar.max = 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", `How much of ${name} is sent`);
    this.button.type = "button";
    this.button.className = "plain";
    this.button.textContent = "Stop";
    this.button.setAttribute("aria-label", `Stop attaching ${name}`);
    this.line.append(label, this.bar, this.button);
    list.append(this.line);
  }

  onStop(stop: () => void): void {
    this.button.addEventListener("click", stop);
  }

  set part(value: number) {
    this.bar.value = value;
  }

  remove(): void {
    this.line.remove();
  }
}

function post(file: File, on: string, line: Line): Promise<Attached> {
  const body = new FormData();
  body.append("on", on);
  body.append("file", file, file.name || "picture.png");
  // Unlike fetch, this tells how much has been sent.
  const request = new XMLHttpRequest();
  request.open("POST", "/files");
  request.setRequestHeader("accept", "application/json");
  request.responseType = "json";
  return new Promise((done, failed) => {
    line.onStop(() => request.abort());
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      line.part = total ? loaded / total : 0;
    });
    request.addEventListener("abort", () => failed(new Stopped()));
    request.addEventListener("error", () => failed(new Error(LOST)));
    request.addEventListener("load", () => {
      const answer = request.response as Attached[] | { error?: { message?: string } } | null;
      const first = Array.isArray(answer) ? answer[0] : undefined;
      if (request.status === 200 && first) done(first);
      else if (request.responseURL.includes("/login")) failed(new Error(SIGNED_OUT));
      else failed(new Error(said(answer) ?? LOST));
    });
    request.send(body);
  });
}

const LOST = "the server did not answer. Try again in a moment";
const SIGNED_OUT = "you are no longer signed in. Sign in in another tab and try again";

function said(answer: unknown): string | undefined {
  return (answer as { error?: { message?: string } } | null)?.error?.message;
}

/** The files that were pasted or dropped, if that is what was. */
export function filesIn(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])];
}
