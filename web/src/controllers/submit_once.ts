import { Controller } from "@hotwired/stimulus";

/** A second press of the button while the form is on its way does nothing. */
export default class extends Controller<HTMLFormElement> {
  connect(): void {
    this.element.addEventListener("submit", this.submit);
    this.element.addEventListener("turbo:submit-end", this.ended);
    window.addEventListener("pageshow", this.ended);
    this.ended();
  }

  disconnect(): void {
    this.element.removeEventListener("submit", this.submit);
    this.element.removeEventListener("turbo:submit-end", this.ended);
    window.removeEventListener("pageshow", this.ended);
  }

  private submit = (event: Event) => {
    if (this.element.hasAttribute("data-sending")) event.preventDefault();
    this.element.setAttribute("data-sending", "");
  };

  private ended = () => this.element.removeAttribute("data-sending");
}
