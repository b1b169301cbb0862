import { Controller } from "@hotwired/stimulus";
import * as Turbo from "@hotwired/turbo";
import { addressOf } from "../address";

const NARROW = "(max-width: 760px)";

/**
 * The panel at the right that links with `data-turbo-frame="peek"` open. The same link again opens
 * the page itself; on a phone there is only the page.
 */
export default class extends Controller<FrameElement> {
  connect(): void {
    document.addEventListener("click", this.follow, true);
    document.addEventListener("escape", this.close);
    this.element.addEventListener("turbo:frame-missing", this.missing);
  }

  disconnect(): void {
    document.removeEventListener("click", this.follow, true);
    document.removeEventListener("escape", this.close);
    this.element.removeEventListener("turbo:frame-missing", this.missing);
  }

  close = () => {
    this.element.removeAttribute("src");
    this.element.replaceChildren();
  };

  private follow = (event: MouseEvent) => {
    const link = (event.target as Element).closest?.<HTMLAnchorElement | SVGAElement>(
      "a[data-turbo-frame=peek]",
    );
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const address = addressOf(link);
    if (!matchMedia(NARROW).matches && address !== this.element.src) return;
    event.preventDefault();
    event.stopPropagation();
    Turbo.visit(address);
  };

  /** A page that has no smaller form is opened as it is. */
  private missing = (event: Event) => {
    event.preventDefault();
    const { response } = (event as CustomEvent).detail as { response: Response };
    Turbo.visit(response.url);
  };
}
