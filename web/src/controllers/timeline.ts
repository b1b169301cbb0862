import { Controller } from "@hotwired/stimulus";
import { change } from "../changes";
import { hold } from "../live";

const DAY = 86_400_000;

/** A bar that is being moved: what is held of it, from where, and by how many days. */
interface Drag {
  bar: SVGGElement;
  part: string;
  from: number;
  days: number;
  release: () => void;
}

/**
 * A timeline whose bars (`[data-item]` with `data-starts` and `data-ends`) can be dragged by the whole
 * or by an end, or moved by a week with Alt and the arrows (with Shift: their end alone). The drawing's
 * `data-day` is how wide a day is. Where the element names a `data-url`, only ends move: it is sent the
 * item and the day under its `data-names`, and `[data-undated]` can be dropped on a day.
 */
export default class extends Controller<HTMLElement> {
  private drag: Drag | undefined;

  connect(): void {
    this.element.addEventListener("pointerdown", this.grab);
    this.element.addEventListener("pointermove", this.pull);
    this.element.addEventListener("pointerup", this.drop);
    this.element.addEventListener("pointercancel", this.drop);
    this.element.addEventListener("keydown", this.press);
    this.element.addEventListener("dragstart", this.lift);
    this.element.addEventListener("dragover", this.hover);
    this.element.addEventListener("drop", this.land);
    this.element.addEventListener("dragend", this.letGo);
  }

  disconnect(): void {
    this.drag?.release();
    this.element.removeEventListener("pointerdown", this.grab);
    this.element.removeEventListener("pointermove", this.pull);
    this.element.removeEventListener("pointerup", this.drop);
    this.element.removeEventListener("pointercancel", this.drop);
    this.element.removeEventListener("keydown", this.press);
    this.element.removeEventListener("dragstart", this.lift);
    this.element.removeEventListener("dragover", this.hover);
    this.element.removeEventListener("drop", this.land);
    this.element.removeEventListener("dragend", this.letGo);
    this.letGo();
  }

  private grab = (event: PointerEvent) => {
    const target = event.target as SVGElement;
    const bar = target.closest<SVGGElement>("[data-item]");
    const part = target.dataset.part ?? "";
    // A finger on a bar scrolls; only its ends are for dragging.
    const held = part || (event.pointerType !== "touch" && !this.element.dataset.url);
    if (!bar || event.button !== 0 || !held) return;
    event.preventDefault();
    bar.focus();
    target.setPointerCapture(event.pointerId);
    this.drag = { bar, part, from: event.clientX, days: 0, release: hold() };
  };

  private pull = (event: PointerEvent) => {
    const { drag } = this;
    const svg = drag?.bar.ownerSVGElement;
    if (!drag || !svg) return;
    const day = Number(svg.dataset.day) * (svg.getScreenCTM()?.a ?? 1);
    drag.days = Math.round((event.clientX - drag.from) / day);
    show(drag, Number(svg.dataset.day) * drag.days);
  };

  private drop = () => {
    const { drag } = this;
    this.drag = undefined;
    if (!drag) return;
    if (drag.days === 0) drag.release();
    else void this.send(drag.bar, drag.part, drag.days, drag.release);
  };

  private press = (event: KeyboardEvent) => {
    const bar = (event.target as Element).closest<SVGGElement>("[data-item]");
    if (!bar || !event.altKey || !/^Arrow(Left|Right)$/.test(event.key)) return;
    event.preventDefault();
    const way = event.key === "ArrowRight" ? 1 : -1;
    if (this.element.dataset.url)
      void this.send(bar, "end", event.shiftKey ? way * 7 : way, hold());
    else void this.send(bar, event.shiftKey ? "end" : "", way * 7, hold());
  };

  private send(bar: SVGGElement, part: string, days: number, release: () => void) {
    const { url } = this.element.dataset;
    if (!url) return place(bar, part, days, release);
    const ends = plus(bar.dataset.ends ?? "", days);
    bar.dataset.ends = ends;
    return this.tell(bar.dataset.item ?? "", ends, release);
  }

  private tell(item: string, day: string, release: () => void): Promise<void> {
    const [key = "item", ends = "ends"] = (this.element.dataset.names ?? "").split(" ");
    return change(
      this.element.dataset.url ?? "",
      new URLSearchParams({ [key]: item, [ends]: day }),
      release,
    );
  }

  private lifted: string | undefined;
  private release: (() => void) | undefined;

  private lift = (event: DragEvent) => {
    const item = (event.target as Element).closest<HTMLElement>("[data-undated]");
    if (!item || !event.dataTransfer) return;
    this.lifted = item.dataset.undated;
    event.dataTransfer.setData("text/plain", this.lifted ?? "");
    this.release = hold();
  };

  private hover = (event: DragEvent) => {
    if (this.lifted && dayAt(event)) event.preventDefault();
  };

  private land = (event: DragEvent) => {
    const day = dayAt(event);
    const { lifted } = this;
    if (!lifted || !day) return;
    event.preventDefault();
    const release = this.release ?? hold();
    this.release = undefined;
    void this.tell(lifted, day, release);
    this.letGo();
  };

  private letGo = () => {
    this.lifted = undefined;
    this.release?.();
    this.release = undefined;
  };
}

/** The day of a drawing that the pointer is over. */
function dayAt(event: DragEvent): string | undefined {
  const svg = (event.target as Element).closest<SVGSVGElement>("svg[data-first]");
  const { day, first, left } = svg?.dataset ?? {};
  const matrix = svg?.getScreenCTM();
  if (!svg || !matrix || !first) return undefined;
  const x = (event.clientX - matrix.e) / matrix.a - Number(left);
  return x < 0 ? undefined : plus(first, Math.floor(x / Number(day)));
}

/** Shows where the bar will stand. */
function show({ bar, part }: Drag, by: number): void {
  if (!part) {
    bar.setAttribute("transform", `translate(${by} 0)`);
    return;
  }
  const span = bar.querySelector<SVGRectElement>(".span");
  if (!span) return;
  span.dataset.x ??= span.getAttribute("x") ?? "0";
  span.dataset.width ??= span.getAttribute("width") ?? "0";
  const [x, width] = [Number(span.dataset.x), Number(span.dataset.width)];
  if (part === "start") span.setAttribute("x", String(Math.min(x + by, x + width)));
  span.setAttribute("width", String(Math.max(width + (part === "start" ? -by : by), 2)));
}

function plus(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
}

async function place(bar: SVGGElement, part: string, days: number, release: () => void) {
  const { item = "", starts = "", ends = "" } = bar.dataset;
  const from = part === "end" ? starts : plus(starts, days);
  const to = part === "start" ? ends : plus(ends, days);
  // An end dragged beyond the other stops at it.
  const body = new URLSearchParams({
    item,
    starts: part === "start" && from > to ? to : from,
    ends: part === "end" && to < from ? from : to,
  });
  bar.dataset.starts = body.get("starts") ?? starts;
  bar.dataset.ends = body.get("ends") ?? ends;
  await change("/do/place-on-roadmap", body, release);
}
