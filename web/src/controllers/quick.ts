import { Controller } from "@hotwired/stimulus";

/** The dialog with one small form: opens when a link with `data-turbo-frame="quick"` has loaded it. */
export default class extends Controller<FrameElement> {
  private shown: string | null = null;

  connect(): void {
    this.element.addEventListener("turbo:frame-load", this.open);
    this.dialog?.addEventListener("close", this.clear);
  }

  disconnect(): void {
    this.element.removeEventListener("turbo:frame-load", this.open);
    this.dialog?.removeEventListener("close", this.clear);
  }

  close(): void {
    this.dialog?.close();
  }

  private get dialog(): HTMLDialogElement | null {
    return this.element.closest("dialog");
  }

  private open = () => {
    if (!this.dialog || !this.element.src) return;
    this.shown = this.element.src;
    if (!this.dialog.open) this.dialog.showModal();
    const field = this.element.querySelector<HTMLElement>(
      "input:not([type=hidden]), select, textarea",
    );
    field?.focus();
    if (field instanceof HTMLInputElement) field.select();
  };

  /** The same link has to load anew the next time. What the next key asked for meanwhile stays. */
  private clear = () => {
    if (this.element.src !== this.shown) return;
    this.element.removeAttribute("src");
    this.element.replaceChildren();
  };
}
