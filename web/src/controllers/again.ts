import { Controller } from "@hotwired/stimulus";
import { refreshPage } from "../live";

/** Fetches the page again every so often, for as long as its element is there. */
export default class extends Controller<HTMLElement> {
  static values = { every: { type: Number, default: 2000 } };
  declare readonly everyValue: number;
  private timer: number | undefined;

  connect(): void {
    this.timer = window.setInterval(() => refreshPage(), this.everyValue);
  }

  disconnect(): void {
    window.clearInterval(this.timer);
  }
}
