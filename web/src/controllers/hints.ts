import { Controller } from "@hotwired/stimulus";

/** Shows what the words of a story tell and what is like it, a moment after the last key in its form. */
export default class extends Controller<HTMLElement> {
  static values = { url: String };
  declare readonly urlValue: string;

  private timer = 0;
  private asked = 0;
  private form: HTMLFormElement | null = null;

  connect(): void {
    this.form = this.element.closest("form");
    this.form?.addEventListener("input", this.typed);
  }

  disconnect(): void {
    window.clearTimeout(this.timer);
    this.form?.removeEventListener("input", this.typed);
  }

  /** Takes a suggested wording over, to be changed further or sent. */
  take(event: Event & { params: { text?: string } }): void {
    const title = this.form?.elements.namedItem("title");
    if (!(title instanceof HTMLInputElement) || !event.params.text) return;
    title.value = event.params.text;
    title.dispatchEvent(new Event("input", { bubbles: true }));
    title.focus();
  }

  private typed = () => {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), 300);
  };

  private async ask(): Promise<void> {
    if (!this.form) return;
    this.asked += 1;
    const mine = this.asked;
    const fields = new FormData(this.form);
    const address = new URL(this.urlValue, window.location.href);
    // An address has its limits; hints on the beginning serve as well.
    for (const name of ["title", "body", "verbatim", "product"]) {
      const text = fields.get(name);
      if (typeof text === "string") address.searchParams.set(name, text.slice(0, 2000));
    }
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok || mine !== this.asked) return;
    this.element.innerHTML = await answer.text();
  }
}
