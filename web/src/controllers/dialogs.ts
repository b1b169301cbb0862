import { Controller } from "@hotwired/stimulus";

/** Opens `<dialog id>` from a link with `data-dialog="id"`; the link's page is the way without scripts. */
export default class extends Controller<HTMLElement> {
  connect(): void {
    this.element.addEventListener("click", this.backdrop);
    this.element.addEventListener("turbo:submit-end", this.sent);
  }

  disconnect(): void {
    this.element.removeEventListener("click", this.backdrop);
    this.element.removeEventListener("turbo:submit-end", this.sent);
  }

  open(event: MouseEvent): void {
    const link = event.currentTarget as HTMLElement;
    const dialog = document.getElementById(link.dataset.dialog ?? "");
    if (!(dialog instanceof HTMLDialogElement) || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    dialog.showModal();
    dialog.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select")?.focus();
  }

  private backdrop = (event: Event) => {
    if (event.target instanceof HTMLDialogElement) event.target.close();
  };

  private sent = (event: Event) => {
    const { success } = (event as CustomEvent).detail as { success: boolean };
    if (success) (event.target as Element).closest("dialog")?.close();
  };
}
