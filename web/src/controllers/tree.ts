import { Controller } from "@hotwired/stimulus";
import { change } from "../changes";
import { hold } from "../live";

/** A node that is being moved: from where, onto what. */
interface Drag {
  node: SVGGElement;
  x: number;
  y: number;
  moved: boolean;
  onto: SVGGElement | undefined;
  release: () => void;
}

/** So far a pointer may slip while it only presses. */
const SLIP = 6;

/**
 * A drawn tree whose nodes with `data-item` can be dragged onto those with `data-takes`. The list under
 * the drawing does the same by keyboard.
 */
export default class extends Controller<HTMLElement> {
  private drag: Drag | undefined;

  connect(): void {
    this.element.addEventListener("pointerdown", this.grab);
    this.element.addEventListener("dragstart", stop);
    this.element.addEventListener("click", this.follow, true);
    window.addEventListener("pointermove", this.pull);
    window.addEventListener("pointerup", this.drop);
    window.addEventListener("pointercancel", this.leave);
    window.addEventListener("keydown", this.escape);
  }

  disconnect(): void {
    this.leave();
    this.element.removeEventListener("pointerdown", this.grab);
    this.element.removeEventListener("dragstart", stop);
    this.element.removeEventListener("click", this.follow, true);
    window.removeEventListener("pointermove", this.pull);
    window.removeEventListener("pointerup", this.drop);
    window.removeEventListener("pointercancel", this.leave);
    window.removeEventListener("keydown", this.escape);
  }

  private grab = (event: PointerEvent) => {
    const target = event.target as SVGElement;
    const node = target.closest<SVGGElement>("[data-item]");
    // A finger scrolls; the list takes what it moves.
    if (!node || target.closest(".fold") || event.button !== 0 || event.pointerType === "touch")
      return;
    this.drag = {
      node,
      x: event.clientX,
      y: event.clientY,
      moved: false,
      onto: undefined,
      release: hold(),
    };
  };

  private pull = (event: PointerEvent) => {
    const { drag } = this;
    if (!drag) return;
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(x, y) < SLIP) return;
    drag.moved = true;
    const scale = drag.node.ownerSVGElement?.getScreenCTM()?.a ?? 1;
    drag.node.classList.add("dragged");
    drag.node.setAttribute("transform", `translate(${x / scale} ${y / scale})`);
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const onto = under?.closest<SVGGElement>("[data-takes]") ?? undefined;
    if (onto === drag.onto) return;
    drag.onto?.classList.remove("over");
    drag.onto = onto === drag.node ? undefined : onto;
    drag.onto?.classList.add("over");
  };

  private drop = () => {
    const { drag } = this;
    const { item } = drag?.node.dataset ?? {};
    const column = drag?.onto?.dataset.takes;
    if (!drag?.moved || !item || !column) {
      this.leave();
      return;
    }
    this.drag = undefined;
    void change("/move?tree", new URLSearchParams({ item, column }), drag.release);
  };

  /** Puts it back where it was. */
  private leave = () => {
    const { drag } = this;
    this.drag = undefined;
    if (!drag) return;
    drag.onto?.classList.remove("over");
    drag.node.classList.remove("dragged");
    drag.node.removeAttribute("transform");
    drag.release();
    if (drag.moved) this.dragged = Date.now();
  };

  private escape = (event: KeyboardEvent) => {
    if (event.key === "Escape") this.leave();
  };

  /** When something was let go that is not to be opened by that. */
  private dragged = 0;

  private follow = (event: Event) => {
    if (Date.now() - this.dragged < 50) stop(event);
  };
}

function stop(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}
