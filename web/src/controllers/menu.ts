import { Controller } from "@hotwired/stimulus";

/** Shuts an open `<details>` menu by Escape or by pressing elsewhere. */
export default class extends Controller<HTMLDetailsElement> {
  connect(): void {
    document.addEventListener("click", this.outside);
    this.element.addEventListener("keydown", this.escape);
    this.element.addEventListener("toggle", this.fit);
    this.element.addEventListener("turbo:submit-end", this.sent);
    this.element.addEventListener("toggle", this.opened);
  }

  disconnect(): void {
    document.removeEventListener("click", this.outside);
    this.element.removeEventListener("keydown", this.escape);
    this.element.removeEventListener("toggle", this.fit);
    this.element.removeEventListener("turbo:submit-end", this.sent);
    this.element.removeEventListener("toggle", this.opened);
    this.element.open = false;
  }

  /** Who opens a form writes into it at once. */
  private opened = () => {
    if (!this.element.open || document.activeElement !== this.element.querySelector("summary")) {
      return;
    }
    this.element
      .querySelector<HTMLElement>(
        "form.form :is(input:not([type=hidden], [type=checkbox]), select, textarea)",
      )
      ?.focus({ preventScroll: true });
  };

  private outside = (event: Event) => {
    if (!this.element.contains(event.target as Node)) this.element.open = false;
  };

  /** A sheet that would run off to the right hangs from the other edge of its button. */
  private fit = () => {
    const sheet = this.element.querySelector<HTMLElement>(":scope > .sheet");
    if (!sheet || !this.element.open) return;
    sheet.classList.remove("back");
    const over = sheet.getBoundingClientRect().right > document.documentElement.clientWidth;
    if (over) sheet.classList.add("back");
    if (sheet.getBoundingClientRect().left < 0) sheet.classList.remove("back");
    // Nor does it open below the edge of the window, out of sight.
    sheet.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  /** What was sent and taken is done with. */
  private sent = (event: Event) => {
    if ((event as CustomEvent<{ success: boolean }>).detail.success) this.element.open = false;
  };

  private escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !this.element.open) return;
    event.preventDefault();
    this.element.open = false;
    this.element.querySelector("summary")?.focus();
  };
}
