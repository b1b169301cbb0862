import { Controller } from "@hotwired/stimulus";
import Sortable from "sortablejs";
import { change } from "../changes";
import { hold } from "../live";

/**
 * A list whose `[data-item]` children can be moved: dragged, or with Alt and the arrows. A move posts
 * `item`, `after` (the one above it), `before` (the one below it) and the list's `data-column` to
 * `data-move-url`. Lists with the same `data-group` take each other's.
 */
export default class extends Controller<HTMLElement> {
  private sortable: Sortable | undefined;
  private release: (() => void) | undefined;

  connect(): void {
    this.sortable = Sortable.create(this.element, {
      group: this.element.dataset.group ?? "",
      draggable: "[data-item]",
      filter: "input, button, summary, select, textarea",
      preventOnFilter: false,
      // To move aside, every card of a list is measured: in a long one that would be seen.
      animation:
        matchMedia("(prefers-reduced-motion: reduce)").matches || this.element.children.length > 100
          ? 0
          : 120,
      delay: 150,
      delayOnTouchOnly: true,
      ghostClass: "ghost",
      onStart: () => {
        this.release = hold();
      },
      onEnd: ({ item, from, to, oldIndex, newIndex }) => {
        const release = this.release ?? hold();
        if (from === to && oldIndex === newIndex) release();
        else void send(item, release);
      },
    });
    this.element.addEventListener("keydown", this.press);
  }

  disconnect(): void {
    this.sortable?.destroy();
    this.release?.();
    this.element.removeEventListener("keydown", this.press);
  }

  private press = (event: KeyboardEvent) => {
    const item = (event.target as Element).closest<HTMLElement>("[data-item]");
    if (!event.altKey || !item || !/^Arrow/.test(event.key)) return;
    const focused = document.activeElement;
    if (!move(item, event.key)) return;
    event.preventDefault();
    if (focused instanceof HTMLElement) focused.focus();
    item.scrollIntoView({ block: "nearest" });
    void send(item, hold());
  };
}

/** Moves it one step on the page; false where there is no further step. */
function move(item: HTMLElement, key: string): boolean {
  const { previousElementSibling: above, nextElementSibling: below, parentElement: list } = item;
  if (key === "ArrowUp" && above) above.before(item);
  else if (key === "ArrowDown" && below) below.after(item);
  else if ((key === "ArrowLeft" || key === "ArrowRight") && list?.dataset.group) {
    const group = CSS.escape(list.dataset.group);
    const lists = [
      ...document.querySelectorAll(`[data-controller~=sortable][data-group="${group}"]`),
    ];
    const next = lists[lists.indexOf(list) + (key === "ArrowRight" ? 1 : -1)];
    if (!next) return false;
    next.prepend(item);
  } else return false;
  return true;
}

function neighbour(element: Element | null): string | undefined {
  return element instanceof HTMLElement ? element.dataset.item : undefined;
}

async function send(item: HTMLElement, release: () => void): Promise<void> {
  const list = item.parentElement;
  const body = new URLSearchParams({ item: item.dataset.item ?? "" });
  const after = neighbour(item.previousElementSibling);
  const before = neighbour(item.nextElementSibling);
  if (after) body.set("after", after);
  if (before) body.set("before", before);
  if (list?.dataset.column) body.set("column", list.dataset.column);
  await change(list?.dataset.moveUrl ?? "", body, release);
}
