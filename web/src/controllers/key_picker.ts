import { Controller } from "@hotwired/stimulus";
import { here } from "../live";

interface Found {
  key: string;
  title: string;
  kind: string;
}

/**
 * Offers items by the words of their titles in a field that takes keys, below it; chosen by arrows
 * and Enter, or pressed. Where several keys stand in a field, the words after the last comma count.
 */
export default class extends Controller<HTMLInputElement> {
  static values = { kinds: String };
  declare kindsValue: string;

  private list: HTMLUListElement | null = null;
  private found: Found[] = [];
  private at = -1;
  private timer: number | undefined;
  private asked = 0;

  connect(): void {
    this.element.autocomplete = "off";
    this.element.addEventListener("input", this.typed);
    this.element.addEventListener("keydown", this.press);
    this.element.addEventListener("blur", this.left);
  }

  disconnect(): void {
    this.element.removeEventListener("input", this.typed);
    this.element.removeEventListener("keydown", this.press);
    this.element.removeEventListener("blur", this.left);
    this.close();
  }

  /** Where the words that are looked for begin. */
  private get start(): number {
    return this.element.value.lastIndexOf(",") + 1;
  }

  private get words(): string {
    return this.element.value.slice(this.start).trim();
  }

  private typed = () => {
    window.clearTimeout(this.timer);
    if (this.words.length < 2) {
      this.close();
      return;
    }
    this.timer = window.setTimeout(() => void this.ask(this.words), 120);
  };

  private async ask(words: string): Promise<void> {
    const asked = (this.asked += 1);
    const query = new URLSearchParams({ q: words, kinds: this.kindsValue, near: here() });
    const answer = await fetch(`/search.json?${query}`, {
      headers: { accept: "application/json" },
    }).catch(() => null);
    if (!answer?.ok || asked !== this.asked || document.activeElement !== this.element) return;
    const { results } = (await answer.json()) as { results: Found[] };
    if (asked !== this.asked) return;
    const kinds = this.kindsValue.split(" ");
    this.found = results.filter(({ kind }) => kinds.includes(kind)).slice(0, 8);
    // A key that is whole already needs no choice.
    if (this.found[0]?.key === words.toUpperCase()) {
      this.close();
      return;
    }
    this.at = this.found.length > 0 ? 0 : -1;
    this.show();
  }

  private show(): void {
    const { element } = this;
    if (!this.list) {
      this.list = document.createElement("ul");
      this.list.className = "picks";
      this.list.id = `${element.id}-picks`;
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", "Matches");
      element.after(this.list);
      element.setAttribute("role", "combobox");
      element.setAttribute("aria-controls", this.list.id);
      element.setAttribute("aria-autocomplete", "list");
      element.setAttribute("aria-expanded", "true");
    }
    if (this.found.length > 0) {
      this.list.replaceChildren(...this.found.map((found, n) => this.option(found, n)));
    } else {
      const none = document.createElement("li");
      none.className = "soft";
      none.textContent = "Nothing has these words.";
      this.list.replaceChildren(none);
    }
    if (this.at >= 0) element.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    else element.removeAttribute("aria-activedescendant");
  }

  private option(found: Found, n: number): HTMLLIElement {
    const option = document.createElement("li");
    option.id = `${this.element.id}-picks-${n}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(n === this.at));
    const hint = document.createElement("small");
    hint.textContent = `${found.key} ${found.kind.replaceAll("-", " ")}`;
    option.append(found.title || found.key, hint);
    // Before the field loses its focus, which would close the list.
    option.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.take(found);
    });
    return option;
  }

  private take({ key }: Found): void {
    const { element, start } = this;
    const before = element.value.slice(0, start);
    element.value = before ? `${before} ${key}` : key;
    this.close();
    // For whoever keeps what is typed; the list stays shut.
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Shut a little later, so that a button below does not move from under the press that left here. */
  private left = () => {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(this.close, 200);
  };

  private close = () => {
    window.clearTimeout(this.timer);
    this.asked += 1;
    this.list?.remove();
    this.list = null;
    this.element.removeAttribute("aria-activedescendant");
    if (this.element.hasAttribute("aria-expanded")) {
      this.element.setAttribute("aria-expanded", "false");
    }
  };

  private press = (event: KeyboardEvent) => {
    if (!this.list || event.isComposing) return;
    const found = this.found[this.at];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (this.found.length === 0) return;
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.at = (this.at + step + this.found.length) % this.found.length;
      this.show();
    } else if (event.key === "Enter" && found) {
      this.take(found);
    } else if (event.key === "Escape") {
      this.close();
      // It shuts the list alone, not the form around it.
      event.stopPropagation();
    } else {
      return;
    }
    event.preventDefault();
  };
}
