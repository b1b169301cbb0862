import { Controller } from "@hotwired/stimulus";
import { change } from "../changes";
import { hold } from "../live";

const DAY = 86_400_000;
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** A calendar whose due items (`[data-item]`) are dragged to other days (`[data-day]`), or moved by Alt with the arrows. */
export default class extends Controller<HTMLElement> {
  private dragged: HTMLElement | undefined;
  private release: (() => void) | undefined;

  connect(): void {
    this.element.addEventListener("dragstart", this.start);
    this.element.addEventListener("dragover", this.over);
    this.element.addEventListener("dragend", this.end);
    this.element.addEventListener("drop", this.drop);
    this.element.addEventListener("keydown", this.press);
  }

  disconnect(): void {
    this.end();
    this.element.removeEventListener("dragstart", this.start);
    this.element.removeEventListener("dragover", this.over);
    this.element.removeEventListener("dragend", this.end);
    this.element.removeEventListener("drop", this.drop);
    this.element.removeEventListener("keydown", this.press);
  }

  private start = (event: DragEvent) => {
    const item = near(event.target, "[data-item]");
    if (!item || !event.dataTransfer) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", item.dataset.item ?? "");
    this.dragged = item;
    item.classList.add("ghost");
    this.release = hold();
  };

  private over = (event: DragEvent) => {
    const day = near(event.target, "[data-day]");
    if (!this.dragged || !day) return;
    event.preventDefault();
    this.mark(day);
  };

  private drop = (event: DragEvent) => {
    const day = near(event.target, "[data-day]");
    const item = this.dragged;
    if (!day || !item) return;
    event.preventDefault();
    const same = day.contains(item);
    const release = this.release ?? hold();
    this.release = undefined;
    if (same) release();
    else {
      day.querySelector("ul")?.append(item);
      void send(item, day.dataset.day ?? "", release);
    }
    this.end();
  };

  private end = () => {
    this.mark(undefined);
    this.dragged?.classList.remove("ghost");
    this.dragged = undefined;
    this.release?.();
    this.release = undefined;
  };

  private mark(day: HTMLElement | undefined): void {
    for (const one of this.element.querySelectorAll("[data-drop]"))
      one.removeAttribute("data-drop");
    if (day) day.dataset.drop = "here";
  }

  private press = (event: KeyboardEvent) => {
    const item = near(event.target, "[data-item]");
    const by = STEPS[event.key];
    const day = item?.closest<HTMLElement>("[data-day]")?.dataset.day;
    if (!item || !day || by === undefined || !event.altKey) return;
    event.preventDefault();
    const to = new Date(Date.parse(day) + by * DAY).toISOString().slice(0, 10);
    const focused = document.activeElement;
    const cell = this.element.querySelector<HTMLElement>(`[data-day="${to}"] ul`);
    cell?.append(item);
    if (focused instanceof HTMLElement) focused.focus();
    void send(item, to, hold());
  };
}

function near(target: EventTarget | null, selector: string): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(selector) : null;
}

function send(item: HTMLElement, due: string, release: () => void): Promise<void> {
  const body = new URLSearchParams({ key: item.dataset.item ?? "", due });
  return change("/do/edit-work-item", body, release);
}
