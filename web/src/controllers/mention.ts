import { Controller } from "@hotwired/stimulus";

interface Person {
  name: string;
  title: string;
}

/** `@` and up to two words before the caret. */
const ASKED = /(?:^|[^\p{L}\p{N}@/_-])@([\p{L}.'-]{0,30}(?: [\p{L}.'-]{1,30})?)$/u;

/** Offers people's names in a text field after an `@`; chosen by arrows and Enter, or pressed. */
export default class extends Controller<HTMLElement> {
  static values = { url: String };
  declare urlValue: string;

  private list: HTMLUListElement | null = null;
  private people: Person[] = [];
  private at = 0;
  private asked = 0;
  private timer: number | undefined;

  connect(): void {
    this.element.addEventListener("input", this.typed);
    this.element.addEventListener("keydown", this.press, true);
    this.element.addEventListener("focusout", this.close);
  }

  disconnect(): void {
    this.element.removeEventListener("input", this.typed);
    this.element.removeEventListener("keydown", this.press, true);
    this.element.removeEventListener("focusout", this.close);
    this.close();
  }

  private get field(): HTMLTextAreaElement {
    return this.element.querySelector("textarea") as HTMLTextAreaElement;
  }

  private get words(): string | null {
    const before = this.field.value.slice(0, this.field.selectionStart);
    return ASKED.exec(before)?.[1] ?? null;
  }

  private typed = () => {
    window.clearTimeout(this.timer);
    const words = this.words;
    if (words === null) {
      this.close();
      return;
    }
    this.timer = window.setTimeout(() => void this.ask(words), 100);
  };

  private async ask(words: string): Promise<void> {
    const asked = (this.asked += 1);
    const answer = await fetch(`${this.urlValue}?${new URLSearchParams({ q: words })}`, {
      headers: { accept: "application/json" },
    }).catch(() => null);
    if (!answer?.ok || asked !== this.asked || this.words === null) return;
    this.people = (await answer.json()) as Person[];
    this.at = 0;
    if (this.people.length > 0) this.show();
    else this.close();
  }

  private show(): void {
    if (!this.list) {
      this.list = document.createElement("ul");
      this.list.id = `${this.field.id}-people`;
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", "People");
      this.field.setAttribute("aria-controls", this.list.id);
      this.field.setAttribute("aria-autocomplete", "list");
      this.element.append(this.list);
    }
    this.list.replaceChildren(...this.people.map((person, n) => this.option(person, n)));
    this.field.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
  }

  private option(person: Person, n: number): HTMLLIElement {
    const option = document.createElement("li");
    option.id = `${this.field.id}-people-${n}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(n === this.at));
    option.textContent = person.name;
    if (person.title) {
      const title = document.createElement("span");
      title.className = "soft";
      title.textContent = ` ${person.title}`;
      option.append(title);
    }
    // Before the field loses its focus, which would close the list.
    option.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.take(person);
    });
    return option;
  }

  private take(person: Person): void {
    const { field, words } = this;
    if (words === null) return;
    const caret = field.selectionStart;
    field.setRangeText(`${person.name} `, caret - words.length, caret, "end");
    this.close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private close = () => {
    window.clearTimeout(this.timer);
    this.asked += 1;
    this.list?.remove();
    this.list = null;
    this.field?.removeAttribute("aria-activedescendant");
  };

  private press = (event: KeyboardEvent) => {
    if (!this.list || event.isComposing) return;
    const person = this.people[this.at];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.at = (this.at + step + this.people.length) % this.people.length;
      this.show();
    } else if ((event.key === "Enter" || event.key === "Tab") && person) {
      this.take(person);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
}
