import { Controller } from "@hotwired/stimulus";

interface Found {
  key: string;
  title: string;
  kind: string;
}

/** Offers items by the words of their titles in a field that takes a key. */
export default class extends Controller<HTMLInputElement> {
  static values = { kinds: String };
  declare kindsValue: string;

  private timer: number | undefined;
  private asked = 0;

  connect(): void {
    this.element.addEventListener("input", this.typed);
  }

  disconnect(): void {
    window.clearTimeout(this.timer);
    this.element.removeEventListener("input", this.typed);
  }

  private typed = () => {
    window.clearTimeout(this.timer);
    const words = this.element.value.trim();
    if (words.length < 2) return;
    this.timer = window.setTimeout(() => void this.ask(words), 120);
  };

  private async ask(words: string): Promise<void> {
    const asked = (this.asked += 1);
    const answer = await fetch(`/search.json?${new URLSearchParams({ q: words })}`, {
      headers: { accept: "application/json" },
    }).catch(() => null);
    if (!answer?.ok || asked !== this.asked) return;
    const found = ((await answer.json()) as { results: Found[] }).results;
    const kinds = this.kindsValue.split(" ");
    const offered = found.filter(({ kind }) => kinds.includes(kind));
    this.element.list?.replaceChildren(
      ...offered.map(({ key, title }) => new Option(`${key} ${title}`, key)),
    );
  }
}
