/** The whole address of a link; one in a drawing keeps it elsewhere than one in a text. */
export function addressOf(link: HTMLAnchorElement | SVGAElement): string {
  const { href } = link;
  return typeof href === "string" ? href : new URL(href.baseVal, document.baseURI).href;
}
