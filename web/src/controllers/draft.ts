import { Controller } from "@hotwired/stimulus";

const PREFIX = "draft:";

/** Keeps what is typed under `data-draft-key` until its form is sent; brings it back after a crash. */
export default class extends Controller<HTMLTextAreaElement> {
  private timer: number | undefined;

  connect(): void {
    this.element.addEventListener("input", this.later);
    this.element.form?.addEventListener("turbo:submit-end", this.sent);
    window.addEventListener("pagehide", this.keep);
    this.restore();
  }

  disconnect(): void {
    this.keep();
    this.element.removeEventListener("input", this.later);
    this.element.form?.removeEventListener("turbo:submit-end", this.sent);
    window.removeEventListener("pagehide", this.keep);
  }

  private get key(): string {
    return `${PREFIX}${this.element.dataset.draftKey}:${this.element.name}`;
  }

  private restore(): void {
    const kept = localStorage.getItem(this.key);
    const { value, defaultValue } = this.element;
    if (kept === null || kept === value || value !== defaultValue) return;
    this.element.value = kept;
    const note = document.createElement("p");
    note.className = "help";
    note.append("Brought back what you had typed. ");
    const discard = document.createElement("button");
    discard.type = "button";
    discard.className = "plain";
    discard.textContent = "Discard it";
    discard.addEventListener("click", () => {
      this.element.value = defaultValue;
      localStorage.removeItem(this.key);
      note.remove();
    });
    note.append(discard);
    this.element.after(note);
  }

  private later = () => {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(this.keep, 300);
  };

  private keep = () => {
    if (this.timer === undefined) return;
    window.clearTimeout(this.timer);
    this.timer = undefined;
    const { value, defaultValue } = this.element;
    if (value === defaultValue) localStorage.removeItem(this.key);
    else localStorage.setItem(this.key, value);
  };

  private sent = (event: Event) => {
    if (!((event as CustomEvent).detail as { success: boolean }).success) return;
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
  });
}
