import { Controller } from "@hotwired/stimulus";
import { refreshPage } from "../live";
import { showToast } from "../toasts";
import { filesIn, sendFile, Stopped } from "../uploads";

/** Attaches files that are chosen, or dropped anywhere on the page that no text takes. */
export default class extends Controller<HTMLElement> {
  static targets = ["form", "input", "list"];
  static values = { on: String };
  declare readonly formTarget: HTMLFormElement;
  declare readonly inputTarget: HTMLInputElement;
  declare readonly listTarget: HTMLElement;
  declare onValue: string;

  connect(): void {
    document.addEventListener("dragover", this.over);
    document.addEventListener("dragleave", this.leave);
    document.addEventListener("drop", this.dropped);
  }

  disconnect(): void {
    document.removeEventListener("dragover", this.over);
    document.removeEventListener("dragleave", this.leave);
    document.removeEventListener("drop", this.dropped);
  }

  /** With scripts, choosing is sending; the button is for those without. */
  choose(): void {
    const files = [...(this.inputTarget.files ?? [])];
    this.formTarget.reset();
    void this.send(files);
  }

  private over = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.element.classList.add("dropping");
  };

  private leave = (event: DragEvent) => {
    if (event.relatedTarget === null) this.element.classList.remove("dropping");
  };

  private dropped = (event: DragEvent) => {
    this.element.classList.remove("dropping");
    const files = filesIn(event.dataTransfer);
    if (event.defaultPrevented || files.length === 0) return;
    event.preventDefault();
    void this.send(files);
  };

  private async send(files: File[]): Promise<void> {
    let sent = 0;
    for (const file of files) {
      try {
        await sendFile(file, this.onValue, this.listTarget);
        sent += 1;
      } catch (error) {
        if (!(error instanceof Stopped)) {
          showToast(`“${file.name}” was not attached: ${(error as Error).message}`, true);
        }
      }
    }
    if (sent > 0) refreshPage();
  }
}
