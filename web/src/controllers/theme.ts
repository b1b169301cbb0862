import { Controller } from "@hotwired/stimulus";

/** Shows the chosen theme at once; the form keeps it. */
export default class extends Controller<HTMLFormElement> {
  connect(): void {
    this.element.addEventListener("click", this.choose);
  }

  disconnect(): void {
    this.element.removeEventListener("click", this.choose);
  }

  private choose = (event: Event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[name=theme]");
    if (!button) return;
    if (button.value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = button.value;
  };
}
