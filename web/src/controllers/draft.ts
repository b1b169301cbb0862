import { Controller } from "@hotwired/stimulus";
import { changed, type Field } from "../preserve";
import { showToast } from "../toasts";

const PREFIX = "draft:";
const TOLD = "told:";

/** What a draft is about, where the form does not name it by `_draft`. */
const ABOUT = ["key", "product", "objective", "from", "comment", "person"];

/**
 * Keeps what is typed into a form until it is sent: a crash, a lost connection, a session that ended
 * cost nothing. What comes back says so.
 */
export default class extends Controller<HTMLFormElement> {
  private timer: number | undefined;

  connect(): void {
    this.element.addEventListener("input", this.later);
    this.element.addEventListener("turbo:submit-end", this.sent);
    window.addEventListener("pagehide", this.keep);
    this.restore();
  }

  disconnect(): void {
    this.keep();
    this.element.removeEventListener("input", this.later);
    this.element.removeEventListener("turbo:submit-end", this.sent);
    window.removeEventListener("pagehide", this.keep);
  }

  private hidden(name: string): string {
    const field = this.element.elements.namedItem(name);
    return field instanceof HTMLInputElement && field.type === "hidden" ? field.value : "";
  }

  private get key(): string {
    const about =
      this.hidden("_draft") ||
      ABOUT.map((name) => this.hidden(name))
        .join(" ")
        .trim();
    return `${PREFIX}${this.element.getAttribute("action") ?? ""} ${about}`;
  }

  private fields(): Field[] {
    const typed = "textarea, select, input:not([type=password], [type=hidden], [type=file])";
    const all = [...this.element.elements].filter((field): field is Field => field.matches(typed));
    return all.filter(
      ({ name, type }) => name && !name.startsWith("_") && !/^(checkbox|radio)$/.test(type),
    );
  }

  private restore(): void {
    const kept = localStorage.getItem(this.key);
    if (kept === null) return;
    const values = JSON.parse(kept) as Record<string, string>;
    const fields = this.fields();
    const back = fields.filter(({ name, value }) => name in values && values[name] !== value);
    // What stands there already was typed since, or sent back by the server with what was wrong.
    if (!back.length || fields.some(changed)) return;
    for (const field of back) field.value = values[field.name] ?? "";
    this.tell(back);
  }

  private tell(back: Field[]): void {
    const note = document.createElement("p");
    note.className = "help restored";
    note.setAttribute("role", "status");
    note.append("Brought back what you had typed and not sent. ");
    const discard = document.createElement("button");
    discard.type = "button";
    discard.className = "plain";
    discard.textContent = "Discard it";
    discard.addEventListener("click", () => {
      localStorage.removeItem(this.key);
      for (const field of back) {
        if (field instanceof HTMLSelectElement) {
          const usual = [...field.options].findIndex((option) => option.defaultSelected);
          field.selectedIndex = Math.max(usual, 0);
        } else field.value = field.defaultValue;
      }
      note.remove();
    });
    note.append(discard);
    this.element.prepend(note);
    // A dialog stands on every page and tells it when it is opened; a part of this page tells it now.
    const closed = this.element.closest("details:not([open])");
    if (!closed || sessionStorage.getItem(TOLD + this.key)) return;
    sessionStorage.setItem(TOLD + this.key, "");
    const summary = closed.querySelector("summary")?.cloneNode(true) as Element | undefined;
    summary?.querySelector("kbd")?.remove();
    const opener = summary?.textContent?.trim();
    showToast(`What you had typed and not sent is kept${opener ? ` under “${opener}”` : ""}.`);
  }

  private later = () => {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(this.keep, 300);
  };

  private keep = () => {
    if (this.timer === undefined) return;
    window.clearTimeout(this.timer);
    this.timer = undefined;
    const values = this.fields()
      .filter(changed)
      .map(({ name, value }) => [name, value]);
    if (values.length === 0) localStorage.removeItem(this.key);
    else localStorage.setItem(this.key, JSON.stringify(Object.fromEntries(values)));
    sessionStorage.removeItem(TOLD + this.key);
  };

  private sent = (event: Event) => {
    const { success, fetchResponse } = (event as CustomEvent).detail as {
      success: boolean;
      fetchResponse?: { response: Response };
    };
    const signingIn = new URL(fetchResponse?.response.url ?? "", document.baseURI);
    // Being asked to sign in is an answer, but nothing was taken.
    if (!success || signingIn.pathname === "/login") {
      this.keep();
      return;
    }
    window.clearTimeout(this.timer);
    this.timer = undefined;
    localStorage.removeItem(this.key);
  };
}

/** Nothing anyone typed stays behind on a shared machine. */
export function forgetDraftsOnSignOut(): void {
  document.addEventListener("submit", (event) => {
    if (!(event.target as Element).matches("[data-forgets-drafts]")) return;
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX)) localStorage.removeItem(key);
    }
    sessionStorage.clear();
  });
}

/** A form that could not be sent says so; what was typed stays in it, and is kept. */
export function tellOfLostConnections(): void {
  document.addEventListener("turbo:fetch-request-error", (event) => {
    if (!(event.target instanceof HTMLFormElement) || event.target.method !== "post") return;
    event.preventDefault();
    showToast(
      "This was not sent: the server cannot be reached. What you typed stays here. Try again in a moment.",
      true,
    );
  });
}
