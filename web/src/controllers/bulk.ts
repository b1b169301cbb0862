import { Controller } from "@hotwired/stimulus";

/**
 * The bar for selected rows: counts the `items` boxes that belong to its form and hides without any.
 * Shift selects a stretch. The box `all` stands for whatever matches. Without scripts the bar always shows.
 */
export default class extends Controller<HTMLFormElement> {
  static targets = ["count", "all"];
  declare readonly countTarget: HTMLElement;
  declare readonly allTargets: HTMLInputElement[];
  private last: HTMLInputElement | null = null;

  connect(): void {
    document.addEventListener("click", this.stretch);
    document.addEventListener("keydown", this.open);
    document.addEventListener("change", this.count);
    document.addEventListener("turbo:morph", this.count);
    this.element.addEventListener("reset", this.later);
    this.count();
  }

  disconnect(): void {
    document.removeEventListener("click", this.stretch);
    document.removeEventListener("keydown", this.open);
    document.removeEventListener("change", this.count);
    document.removeEventListener("turbo:morph", this.count);
    this.element.removeEventListener("reset", this.later);
  }

  private boxes(): HTMLInputElement[] {
    return [...this.element.elements].filter(
      (field): field is HTMLInputElement =>
        field instanceof HTMLInputElement && field.type === "checkbox" && field.name === "items",
    );
  }

  private later = () => window.setTimeout(this.count);

  private count = () => {
    const chosen = this.boxes().filter((box) => box.checked).length;
    const all = this.allTargets.some((box) => box.checked);
    this.element.toggleAttribute("data-empty", chosen === 0 && !all);
    this.countTarget.textContent = all ? "All selected" : `${chosen} selected`;
  };

  /** Enter on a box would send the bar's form; it opens the row, as on its link. */
  private open = (event: KeyboardEvent) => {
    const box = event.target;
    if (event.key !== "Enter" || !(box instanceof HTMLInputElement)) return;
    if (box.form !== this.element || box.name !== "items") return;
    event.preventDefault();
    box.closest("[data-row]")?.querySelector<HTMLElement>("[data-row-link]")?.click();
  };

  private stretch = (event: MouseEvent) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.form !== this.element) return;
    const boxes = this.boxes();
    const [from, to] = [this.last ? boxes.indexOf(this.last) : -1, boxes.indexOf(box)];
    if (event.shiftKey && from >= 0 && to >= 0) {
      const [start, end] = from < to ? [from, to] : [to, from];
      for (const between of boxes.slice(start, end + 1)) between.checked = box.checked;
    }
    if (to >= 0) this.last = box;
    this.count();
  };
}
