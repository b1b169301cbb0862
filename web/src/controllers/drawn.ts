import { Controller } from "@hotwired/stimulus";
import * as Turbo from "@hotwired/turbo";
import { addressOf } from "../address";

/**
 * Follows links in drawings as all others are followed. On the page's body, since Turbo looks at clicks
 * above it and takes every link for one in a text.
 */
export default class extends Controller<HTMLElement> {
  connect(): void {
    this.element.addEventListener("click", this.follow);
  }

  disconnect(): void {
    this.element.removeEventListener("click", this.follow);
  }

  private follow = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof SVGAElement)) return;
    event.stopPropagation();
    const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || event.button !== 0 || elsewhere) return;
    event.preventDefault();
    const frame = link.dataset.turboFrame;
    Turbo.visit(addressOf(link), frame ? { frame } : {});
  };
}
