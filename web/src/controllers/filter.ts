import Combobox from "@github/combobox-nav";
import { Controller } from "@hotwired/stimulus";

interface Word {
  word: string;
  about: string;
}

/** What stands before the caret: a field with the value that is being typed, or neither. */
interface Place {
  /** The field whose values are offered; empty where fields are. */
  field: string;
  begins: string;
  /** Where the word begins that a chosen one takes the place of. */
  from: number;
}

/** The piece of the filter that ends at the caret; blanks and commas in quotes are part of it. */
export function placeOf(before: string): Place {
  let quoted = false;
  let start = 0;
  let comma = 0;
  for (let at = 0; at < before.length; at += 1) {
    const c = before[at] ?? "";
    if (c === "\\" && quoted) at += 1;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && /\s/.test(c)) start = comma = at + 1;
    else if (!quoted && c === ",") comma = at + 1;
  }
  const piece = before.slice(start);
  const found = /^-?([\p{L}\p{N}_]+)(:[<>]?=?|[<>]=?|=)/u.exec(piece);
  if (!found) {
    const from = start + (piece.startsWith("-") ? 1 : 0);
    return { field: "", begins: before.slice(from), from };
  }
  const from = Math.max(comma, start + found[0].length);
  return { field: found[1] ?? "", begins: before.slice(from).replace(/^"/, ""), from };
}

function quote(word: string): string {
  return /[\s",\\]/.test(word) ? `"${word.replace(/[\\"]/g, "\\$&")}"` : word;
}

/**
 * Completes a filter while it is typed: fields, then what the field takes, told by the server. Arrows
 * choose, Enter or Tab take; Enter without a choice sends the filter; Escape closes the list.
 */
export default class extends Controller<HTMLElement> {
  static targets = ["field"];
  static values = { words: String };
  declare readonly fieldTarget: HTMLInputElement;
  declare wordsValue: string;

  private list: HTMLUListElement | undefined;
  private box: Combobox | undefined;
  private timer: number | undefined;
  private asked = 0;
  private known = new Map<string, Word[]>();

  connect(): void {
    this.list = document.createElement("ul");
    this.list.id = "filter-words";
    this.list.className = "filter-words";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "What can follow");
    this.fieldTarget.after(this.list);
    this.box = new Combobox(this.fieldTarget, this.list);
    this.fieldTarget.addEventListener("input", this.typed);
    this.fieldTarget.addEventListener("keydown", this.press, true);
    this.fieldTarget.addEventListener("blur", this.close);
    this.list.addEventListener("combobox-commit", this.take);
    // Pressing an option must not take the caret out of the field, which would close the list.
    this.list.addEventListener("pointerdown", this.hold);
  }

  disconnect(): void {
    this.close();
    this.box?.destroy();
    this.list?.remove();
    this.fieldTarget.removeEventListener("input", this.typed);
    this.fieldTarget.removeEventListener("keydown", this.press, true);
    this.fieldTarget.removeEventListener("blur", this.close);
  }

  private get place(): Place {
    const { value, selectionStart } = this.fieldTarget;
    return placeOf(value.slice(0, selectionStart ?? value.length));
  }

  private typed = () => {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.offer(), 90);
  };

  private async offer(): Promise<void> {
    const asked = (this.asked += 1);
    const { field, begins } = this.place;
    const words = await this.ask(field, begins);
    if (asked !== this.asked || document.activeElement !== this.fieldTarget) return;
    // A word that stands there already is no offer.
    const whole = words.length === 1 && words[0]?.word.toLowerCase() === begins.toLowerCase();
    if (words.length === 0 || whole) this.close();
    else this.show(words);
  }

  private async ask(field: string, begins: string): Promise<Word[]> {
    const url = `${this.wordsValue}?${new URLSearchParams({ field, begins })}`;
    const known = this.known.get(url);
    if (known) return known;
    const answer = await fetch(url, { headers: { accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return [];
    const words = (await answer.json()) as Word[];
    this.known.set(url, words);
    return words;
  }

  private show(words: Word[]): void {
    if (!this.list) return;
    this.box?.stop();
    this.list.replaceChildren(
      ...words.map(({ word, about }) => {
        const option = document.createElement("li");
        option.setAttribute("role", "option");
        option.dataset.word = word;
        const name = document.createElement("b");
        name.textContent = word;
        const said = document.createElement("small");
        said.textContent = about;
        option.append(name, said);
        return option;
      }),
    );
    this.list.hidden = false;
    this.box?.start();
  }

  private close = () => {
    window.clearTimeout(this.timer);
    this.asked += 1;
    if (!this.list || this.list.hidden) return;
    this.box?.stop();
    this.list.hidden = true;
  };

  private hold = (event: Event) => event.preventDefault();

  private take = (event: Event) => {
    const word = (event.target as HTMLElement).dataset.word ?? "";
    const { field, from } = this.place;
    const caret = this.fieldTarget.selectionStart ?? this.fieldTarget.value.length;
    // A field wants its value next, a product's own field too; after a value a further term begins.
    const open = field !== "" && /^(field|custom)$/i.test(field) && /[=<>]$/.test(word);
    const text = !field ? word : open ? quote(word) : `${quote(word)} `;
    this.fieldTarget.setRangeText(text, from, caret, "end");
    // Within the quotes, so that what follows is part of it.
    if (open && text.endsWith('"')) {
      const inside = from + text.length - 1;
      this.fieldTarget.setRangeText("", inside, inside + 1, "end");
    }
    this.close();
    this.fieldTarget.dispatchEvent(new Event("input", { bubbles: true }));
  };

  private press = (event: KeyboardEvent) => {
    if (event.isComposing || !this.list) return;
    if (this.list.hidden) {
      if (event.key === "ArrowDown" && !event.altKey) {
        event.preventDefault();
        void this.offer();
      }
      return;
    }
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab" && !event.shiftKey) {
      // Tab takes the first where none was chosen.
      if (!this.list.querySelector("[aria-selected=true]")) this.box?.navigate(1);
    }
  };
}
