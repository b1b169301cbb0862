import { Controller } from "@hotwired/stimulus";

/** Counts a timebox down. Both ends are the server's times, so that everybody sees the same. */
export default class extends Controller<HTMLElement> {
  static values = { end: String, now: String };
  declare readonly endValue: string;
  declare readonly nowValue: string;
  private timer: number | undefined;
  private ahead = 0;

  connect(): void {
    this.ahead = Date.parse(this.nowValue) - Date.now();
    this.timer = window.setInterval(this.tell, 1000);
    this.tell();
  }

  disconnect(): void {
    window.clearInterval(this.timer);
  }

  private tell = () => {
    const left = Math.round((Date.parse(this.endValue) - Date.now() - this.ahead) / 1000);
    const over = left < 0;
    const [minutes, seconds] = [Math.floor(Math.abs(left) / 60), Math.abs(left) % 60];
    const shown = this.element.querySelector<HTMLElement>(".left");
    if (shown)
      shown.textContent = `${over ? "−" : ""}${minutes}:${String(seconds).padStart(2, "0")}`;
    this.element.classList.toggle("over", over);
  };
}
