import { Controller } from "@hotwired/stimulus";

/** Shuts an open `<details>` menu by Escape or by pressing elsewhere. */
export default class extends Controller<HTMLDetailsElement> {
  connect(): void {
    document.addEventListener("click", this.outside);
    this.element.addEventListener("keydown", this.escape);
    this.element.addEventListener("turbo:submit-end", this.sent);
  }

  disconnect(): void {
    document.removeEventListener("click", this.outside);
    this.element.removeEventListener("keydown", this.escape);
    this.element.removeEventListener("turbo:submit-end", this.sent);
    this.element.open = false;
  }

  private outside = (event: Event) => {
    if (!this.element.contains(event.target as Node)) this.element.open = false;
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
