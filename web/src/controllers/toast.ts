import { Controller } from "@hotwired/stimulus";
import { undoable } from "../undo";

/** A message leaves after a while, later when it offers undo, not while it is pointed at or bad. */
export default class extends Controller<HTMLElement> {
  private timer: number | undefined;

  connect(): void {
    this.element.addEventListener("mouseenter", this.stay);
    this.element.addEventListener("focusin", this.stay);
    this.element.addEventListener("mouseleave", this.leave);
    undoable(this.element.querySelector("form"));
    this.leave();
  }

  disconnect(): void {
    this.stay();
  }

  close(): void {
    this.element.remove();
  }

  private stay = () => window.clearTimeout(this.timer);

  private leave = () => {
    if (this.element.hasAttribute("data-toast-stay")) return;
    const patience = this.element.querySelector("form") ? 12_000 : 6_000;
    this.timer = window.setTimeout(() => this.close(), patience);
  };
}
