import { Controller } from "@hotwired/stimulus";
import { showToast } from "../toasts";
import { type Attached, filesIn, sendFile, Stopped } from "../uploads";

/**
 * Pictures and files pasted or dropped into a text are attached at once, and what shows them is put
 * where the caret stood. What was typed stays whatever happens.
 */
export default class extends Controller<HTMLElement> {
  private under_way = 0;
  private list: HTMLElement | null = null;
  private form: HTMLFormElement | null = null;

  connect(): void {
    this.element.addEventListener("paste", this.pasted);
    this.element.addEventListener("dragover", this.over);
    this.element.addEventListener("drop", this.dropped);
    this.form = this.element.closest("form");
    this.form?.addEventListener("submit", this.submitted, true);
  }

  disconnect(): void {
    this.element.removeEventListener("paste", this.pasted);
    this.element.removeEventListener("dragover", this.over);
    this.element.removeEventListener("drop", this.dropped);
    this.form?.removeEventListener("submit", this.submitted, true);
  }

  private get field(): HTMLTextAreaElement {
    return this.element.querySelector("textarea") as HTMLTextAreaElement;
  }

  /** What the file will belong to: what the form is about, what the page is about, or the product. */
  private get place(): string {
    const about = ["on", "key"].map((name) => this.form?.elements.namedItem(name));
    const named = about.find((field) => field instanceof HTMLInputElement && field.value);
    if (named) return (named as HTMLInputElement).value;
    const page = document.querySelector<HTMLElement>("[data-attach-on-value]");
    const product = document.querySelector<HTMLMetaElement>("meta[name=live]");
    return page?.dataset.attachOnValue ?? product?.dataset.scope ?? "";
  }

  private pasted = (event: ClipboardEvent) => {
    const files = filesIn(event.clipboardData);
    // A table copied from a spreadsheet is a picture too; its text is what was meant.
    if (files.length === 0 || event.clipboardData?.types.includes("text/plain")) return;
    event.preventDefault();
    for (const file of files) void this.embed(file);
  };

  private over = (event: DragEvent) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  };

  private dropped = (event: DragEvent) => {
    const files = filesIn(event.dataTransfer);
    if (files.length === 0) return;
    event.preventDefault();
    for (const file of files) void this.embed(file);
  };

  /** A text is not sent while a part of it is still on its way. */
  private submitted = (event: Event) => {
    if (this.under_way === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    showToast("A file is still being attached. Send the text when it is there, or stop the file.");
  };

  private async embed(file: File): Promise<void> {
    const on = this.place;
    if (!on) {
      showToast("There is nothing here yet that a file could belong to. Save first.", true);
      return;
    }
    const mark = `[attaching ${file.name.replace(/[[\]]/g, "") || "picture"} …]`;
    this.insert(mark);
    this.under_way += 1;
    try {
      this.replace(mark, await sendFile(file, on, this.lines()));
    } catch (error) {
      this.replace(mark, null);
      if (!(error instanceof Stopped)) {
        showToast(`“${file.name}” was not attached: ${(error as Error).message}`, true);
      }
    } finally {
      this.under_way -= 1;
    }
  }

  private lines(): HTMLElement {
    if (!this.list?.isConnected) {
      this.list = document.createElement("div");
      this.list.className = "uploads";
      this.list.setAttribute("role", "status");
      this.element.append(this.list);
    }
    return this.list;
  }

  private insert(text: string): void {
    const { field } = this;
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    this.told();
  }

  /** Puts what came in the place of its mark; where somebody removed that, nothing is put. */
  private replace(mark: string, made: Attached | null): void {
    const { field } = this;
    const at = field.value.indexOf(mark);
    if (at < 0) return;
    const text = made?.markdown ?? "";
    const end = at + mark.length;
    // Who wrote on behind the mark, or in front of it, goes on there: what came is not selected, or the
    // next letter would take its place.
    const moved = (caret: number) =>
      caret <= at ? caret : Math.max(caret, end) - mark.length + text.length;
    const [from, to] = [field.selectionStart, field.selectionEnd].map(moved);
    field.setRangeText(text, at, end, "preserve");
    field.setSelectionRange(from ?? at, to ?? at);
    this.told();
  }

  private told(): void {
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
