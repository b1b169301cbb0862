import { Controller } from "@hotwired/stimulus";
import { showToast } from "../toasts";

/** Copies the text of its `text` target; where the browser refuses, selects it instead. */
export default class extends Controller<HTMLElement> {
  static targets = ["text"];
  declare readonly textTarget: HTMLElement;

  async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.textTarget.textContent ?? "");
      showToast("Copied.");
    } catch {
      getSelection()?.selectAllChildren(this.textTarget);
      showToast("The browser does not let pages copy here. The text is selected: copy it by key.");
    }
  }
}
