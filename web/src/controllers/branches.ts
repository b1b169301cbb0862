import { Controller } from "@hotwired/stimulus";
import { change } from "../changes";
import { hold } from "../live";

/** Where a row would land: under another, or beside it. */
type Place = "under" | "before" | "after";

/**
 * A tree of rows (`[data-item]` with `data-under`): dragged onto another they come to stand under it,
 * onto its upper or lower edge beside it. Alt with the arrows does the same: up and down among those of
 * the same branch, right under the one above, left out of the branch.
 */
export default class extends Controller<HTMLElement> {
  private dragged: HTMLElement | undefined;
  private release: (() => void) | undefined;

  connect(): void {
    this.element.addEventListener("pointerdown", this.grip);
    this.element.addEventListener("dragstart", this.start);
    this.element.addEventListener("dragover", this.over);
    this.element.addEventListener("dragend", this.end);
    this.element.addEventListener("drop", this.drop);
    this.element.addEventListener("keydown", this.press);
  }

  disconnect(): void {
    this.end();
    this.element.removeEventListener("pointerdown", this.grip);
    this.element.removeEventListener("dragstart", this.start);
    this.element.removeEventListener("dragover", this.over);
    this.element.removeEventListener("dragend", this.end);
    this.element.removeEventListener("drop", this.drop);
    this.element.removeEventListener("keydown", this.press);
  }

  /** A row is dragged as a whole, unless what is pressed is a field or a button of it. */
  private grip = (event: PointerEvent) => {
    const row = rowOf(event.target);
    if (row) row.draggable = !(event.target as Element).closest("input, button, summary, select");
  };

  private start = (event: DragEvent) => {
    const row = rowOf(event.target);
    if (!row || !event.dataTransfer) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", row.dataset.item ?? "");
    row.classList.add("ghost");
    this.dragged = row;
    this.release = hold();
  };

  private over = (event: DragEvent) => {
    const row = rowOf(event.target);
    if (!this.dragged || !row || row === this.dragged) return;
    event.preventDefault();
    this.mark(row, placeIn(row, event.clientY));
  };

  private drop = (event: DragEvent) => {
    const { dragged } = this;
    const row = rowOf(event.target);
    if (!dragged || !row || row === dragged) return;
    event.preventDefault();
    const place = placeIn(row, event.clientY);
    const release = this.release ?? hold();
    this.release = undefined;
    this.end();
    const key = row.dataset.item ?? "";
    if (place === "under") void this.send(dragged, key, {}, release);
    else void this.send(dragged, row.dataset.under ?? "none", { [place]: key }, release);
  };

  private end = () => {
    this.mark(undefined, "under");
    this.dragged?.classList.remove("ghost");
    this.dragged = undefined;
    this.release?.();
    this.release = undefined;
  };

  private mark(row: HTMLElement | undefined, place: Place): void {
    for (const one of this.element.querySelectorAll("[data-drop]"))
      one.removeAttribute("data-drop");
    if (row) row.dataset.drop = place;
  }

  private press = (event: KeyboardEvent) => {
    const row = rowOf(event.target);
    if (!row || !event.altKey || !/^Arrow/.test(event.key)) return;
    const branch = row.dataset.under ?? "none";
    const beside = this.rows().filter((one) => one.dataset.under === branch);
    const at = beside.indexOf(row);
    const [above, below] = [beside[at - 1], beside[at + 1]];
    const parent = this.rows().find((one) => one.dataset.item === branch);
    event.preventDefault();
    const key = (one: HTMLElement) => one.dataset.item ?? "";
    if (event.key === "ArrowUp" && above) void this.send(row, branch, { before: key(above) });
    if (event.key === "ArrowDown" && below) void this.send(row, branch, { after: key(below) });
    if (event.key === "ArrowRight" && above) void this.send(row, key(above), {});
    if (event.key === "ArrowLeft" && parent)
      void this.send(row, parent.dataset.under ?? "none", { after: key(parent) });
  };

  private rows(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>("[data-item]")];
  }

  /** Has the page show what is under a row, or what came there would seem gone. */
  private unfold(key: string): void {
    const isOpen = (row: HTMLElement) => row.querySelector("a.fold[aria-expanded=true]") !== null;
    const rows = this.rows();
    if (rows.every((row) => row.dataset.item !== key || isOpen(row))) return;
    const open = rows.filter(isOpen).map((row) => row.dataset.item ?? "");
    const address = new URL(window.location.href);
    address.searchParams.set("open", [...open, key].join("."));
    window.history.replaceState(window.history.state, "", address);
  }

  private send(
    row: HTMLElement,
    column: string,
    beside: Record<string, string>,
    release = hold(),
  ): Promise<void> {
    if (column !== row.dataset.under) this.unfold(column);
    const body = new URLSearchParams({ item: row.dataset.item ?? "", column, ...beside });
    return change("/move?work-tree", body, release);
  }
}

function rowOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-item]") : null;
}

function placeIn(row: HTMLElement, y: number): Place {
  const { top, height } = row.getBoundingClientRect();
  const share = (y - top) / height;
  if (share < 0.28) return "before";
  return share > 0.72 ? "after" : "under";
}
