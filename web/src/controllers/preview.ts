import { Controller } from "@hotwired/stimulus";
import { showToast } from "../toasts";

/** Shows the text of a field as it will look, in its place; without scripts the button opens a page. */
export default class extends Controller<HTMLElement> {
  static targets = ["button", "shown"];
  declare readonly buttonTarget: HTMLButtonElement;
  declare readonly shownTarget: HTMLElement;

  async toggle(event: Event): Promise<void> {
    event.preventDefault();
    const area = this.element.querySelector("textarea");
    if (!area) return;
    if (area.hidden) {
      this.write(area);
      return;
    }
    const body = new URLSearchParams({ _preview: "text", text: area.value });
    const answer = await fetch(this.buttonTarget.formAction, { method: "POST", body }).catch(
      () => null,
    );
    if (!answer?.ok || answer.redirected) {
      showToast("There is no preview now: the server did not answer. Your text stays here.", true);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const made = page.querySelector(".preview");
    this.shownTarget.replaceChildren(...(made?.childNodes ?? []));
    this.shownTarget.style.minHeight = `${area.offsetHeight}px`;
    area.hidden = true;
    this.shownTarget.hidden = false;
    this.buttonTarget.textContent = "Write on";
  }

  private write(area: HTMLTextAreaElement): void {
    this.shownTarget.hidden = true;
    area.hidden = false;
    area.focus();
    this.buttonTarget.textContent = "Preview";
  }
}
