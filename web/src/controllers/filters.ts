import { Controller } from "@hotwired/stimulus";

/** Sends a filter bar as soon as a choice is made, without the fields that say nothing. */
export default class extends Controller<HTMLFormElement> {
  connect(): void {
    this.element.addEventListener("change", this.send);
    this.element.addEventListener("formdata", this.trim);
  }

  disconnect(): void {
    this.element.removeEventListener("change", this.send);
    this.element.removeEventListener("formdata", this.trim);
  }

  private send = () => this.element.requestSubmit();

  private trim = (event: FormDataEvent) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  };
}
