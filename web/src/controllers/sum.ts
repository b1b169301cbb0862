import { Controller } from "@hotwired/stimulus";

/** Says what a sprint would hold with the boxes of its form that are ticked. */
export default class extends Controller<HTMLElement> {
  static values = { from: Number, most: Number, unit: String };
  declare readonly fromValue: number;
  declare readonly mostValue: number;
  declare readonly unitValue: string;
  private form: HTMLFormElement | null = null;

  connect(): void {
    this.form = this.element.closest("form");
    this.form?.addEventListener("change", this.tell);
    document.addEventListener("turbo:render", this.tell);
    this.tell();
  }

  disconnect(): void {
    this.form?.removeEventListener("change", this.tell);
    document.removeEventListener("turbo:render", this.tell);
  }

  private tell = () => {
    const ticked = [...(this.form?.querySelectorAll("[data-amount]:has(:checked)") ?? [])];
    const amounts = ticked.map((box) => Number((box as HTMLElement).dataset.amount));
    const sum = amounts.reduce((all, one) => all + one, this.fromValue);
    const told = Math.round(sum * 10) / 10;
    const most = this.mostValue > 0 ? ` of ${this.mostValue}` : "";
    this.element.hidden = ticked.length === 0;
    this.element.textContent = `With the chosen it holds ${told}${most} ${this.unitValue}.`;
    this.element.classList.toggle("error", this.mostValue > 0 && sum > this.mostValue);
  };
}
