import { Controller } from "@hotwired/stimulus";
import { quote, selectedWords } from "../quote";

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
    note(dialog);
    dialog.showModal();
    dialog.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select")?.focus();
  }

  private backdrop = (event: Event) => {
    if (event.target instanceof HTMLDialogElement) event.target.close();
  };

  private sent = (event: Event) => {
    const { success } = (event as CustomEvent).detail as { success: boolean };
    const form = event.target as HTMLFormElement;
    const dialog = form.closest("dialog");
    if (!success || !dialog) return;
    // The page may be the same afterwards: the next time begins empty, not with the last one's words.
    form.reset();
    dialog.close();
  };
}

/** Words selected on the page become the quote, with the page as their place, where none was begun. */
function note(dialog: HTMLDialogElement): void {
  const area = dialog.querySelector<HTMLTextAreaElement>("textarea[name=verbatim]");
  if (!area || !quote(area, selectedWords())) return;
  const place = dialog.querySelector<HTMLInputElement>("input[name=url]");
  if (place && !place.value) place.value = location.href.split("#")[0] ?? "";
}
