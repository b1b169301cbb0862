import { Controller } from "@hotwired/stimulus";

const YEAR = 365 * 86_400;

/**
 * Keeps which groups of the navigation the reader opened or closed (`-word`), so that the server
 * renders the next page so.
 */
export default class extends Controller<HTMLElement> {
  /** A press on a heading comes before its group opens or closes. */
  keep(event: Event): void {
    const group = (event.currentTarget as HTMLElement).closest<HTMLDetailsElement>("details");
    const word = group?.dataset.group;
    if (!group || !word) return;
    const others = kept().filter((other) => other.replace("-", "") !== word);
    const words = [...others, group.open ? `-${word}` : word].join(".");
    document.cookie = `groups=${words}; path=/; max-age=${YEAR}; samesite=lax`;
  }
}

function kept(): string[] {
  const found = /(?:^|; )groups=([^;]*)/.exec(document.cookie);
  return found?.[1]?.split(".").filter(Boolean) ?? [];
}
