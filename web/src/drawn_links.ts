import * as Turbo from "@hotwired/turbo";

/** The whole address of a link; one in a drawing keeps it elsewhere than one in a text. */
export function addressOf(link: HTMLAnchorElement | SVGAElement): string {
  const { href } = link;
  return typeof href === "string" ? href : new URL(href.baseVal, document.baseURI).href;
}

/** Follows links in drawings as all others are followed: Turbo takes every link for one in a text. */
export function followDrawnLinks(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof SVGAElement) || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const frame = link.dataset.turboFrame;
    Turbo.visit(addressOf(link), frame ? { frame } : {});
  });
}
