import { Controller } from "@hotwired/stimulus";
import * as Turbo from "@hotwired/turbo";
import { refused } from "../changes";
import { isOurs, refreshPage } from "../live";

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/**
 * A table whose cells are changed where they stand. A press or Enter on a cell's link puts its small
 * form in its place; Enter keeps it, Tab keeps it and goes on to the next cell, Escape leaves all as it
 * was. What is refused stays typed, with the reason below it.
 */
export default class extends Controller<HTMLElement> {
  connect(): void {
    this.element.addEventListener("click", this.press);
    this.element.addEventListener("keydown", this.key);
    this.element.addEventListener("submit", this.submit);
    this.element.addEventListener("focusout", this.leave);
  }

  disconnect(): void {
    this.element.removeEventListener("click", this.press);
    this.element.removeEventListener("keydown", this.key);
    this.element.removeEventListener("submit", this.submit);
    this.element.removeEventListener("focusout", this.leave);
  }

  private press = (event: MouseEvent) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-cell]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const cell = link.closest("td");
    if (cell) void this.open(cell);
  };

  /** Puts the small form in the place of what the cell shows. */
  private async open(cell: HTMLTableCellElement): Promise<void> {
    const link = cell.querySelector<HTMLAnchorElement>("a[data-cell]");
    if (!link || cell.hasAttribute("data-editing")) return;
    cell.setAttribute("data-editing", "");
    const form = await this.load(link.href);
    // Gone meanwhile, or not to be had: then its page says why.
    if (!cell.isConnected) return;
    if (!form) {
      cell.removeAttribute("data-editing");
      Turbo.visit(link.href);
      return;
    }
    // The form gives itself to the browser's own sending, not to Turbo.
    form.className = "cell-form";
    form.removeAttribute("data-controller");
    form.dataset.turbo = "false";
    link.hidden = true;
    cell.append(form);
    const input = inputOf(form);
    input?.setAttribute("aria-label", link.title);
    input?.focus();
    if (input instanceof HTMLInputElement) input.select();
  }

  private async load(url: string): Promise<HTMLFormElement | null> {
    const headers = { "turbo-frame": "quick", accept: "text/html" };
    const answer = await fetch(url, { headers }).catch(() => null);
    if (!answer?.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const form = page.querySelector<HTMLFormElement>("form[action^='/do/']");
    return form && document.importNode(form, true);
  }

  private key = (event: KeyboardEvent) => {
    const cell = (event.target as Element).closest<HTMLTableCellElement>("td[data-editing]");
    const form = cell?.querySelector("form");
    if (!cell || !form || event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      event.preventDefault();
      this.close(cell, true);
    } else if (event.key === "Enter") {
      // A long text may have several lines.
      if (event.shiftKey && event.target instanceof HTMLTextAreaElement) return;
      event.preventDefault();
      void this.save(cell, form, "stay");
    } else if (event.key === "Tab") {
      // Several boxes are gone through before the cell is left.
      const boxes = boxesOf(form);
      const last = event.shiftKey ? boxes[0] : boxes.at(-1);
      if (boxes.length > 0 && event.target !== last) return;
      event.preventDefault();
      void this.save(cell, form, event.shiftKey ? "before" : "next");
    }
  };

  private submit = (event: SubmitEvent) => {
    const form = event.target as HTMLFormElement;
    const cell = form.closest<HTMLTableCellElement>("td[data-editing]");
    if (!cell) return;
    event.preventDefault();
    void this.save(cell, form, "stay");
  };

  /** Whoever presses elsewhere keeps what was chosen; what is the same is closed. */
  private leave = (event: FocusEvent) => {
    const cell = (event.target as Element).closest<HTMLTableCellElement>("td[data-editing]");
    const form = cell?.querySelector("form");
    if (!cell || !form || form.dataset.sending !== undefined) return;
    if (event.relatedTarget instanceof Node && cell.contains(event.relatedTarget)) return;
    if (!document.hasFocus()) return;
    void this.save(cell, form, "leave");
  };

  private async save(
    cell: HTMLTableCellElement,
    form: HTMLFormElement,
    then: "stay" | "next" | "before" | "leave",
  ): Promise<void> {
    if (form.dataset.sending !== undefined) return;
    if (!hasChanged(form)) {
      this.close(cell, then === "stay");
      this.go(cell, then);
      return;
    }
    form.dataset.sending = "";
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string") body.append(name, value);
    }
    const headers = { accept: "application/json" };
    const answer = await Turbo.fetch(form.getAttribute("action") ?? "", {
      method: "POST",
      body,
      headers,
    }).catch(() => null);
    delete form.dataset.sending;
    if (!answer?.ok) {
      await this.refuse(form, answer);
      return;
    }
    isOurs(answer.headers.get("x-change"));
    show(cell, form);
    this.close(cell, then === "stay");
    this.go(cell, then);
    refreshPage();
  }

  /** Says below the field why it was not taken; what was typed stays. */
  private async refuse(form: HTMLFormElement, answer: Response | null): Promise<void> {
    const told = answer ? await refused(answer) : undefined;
    let words = told?.message ?? "Not saved: the server cannot be reached. Try again in a moment.";
    if (told?.conflict) {
      const revision = form.querySelector<HTMLInputElement>("input[name=revision]");
      if (revision) revision.value = String(told.conflict.revision);
      const theirs = told.conflict.fields.map(({ theirs }) => shown(theirs)).join(", ");
      const who = told.conflict.fields[0]?.by ?? "Somebody";
      words = `${who} changed it meanwhile: it now says ${theirs}. Enter puts yours in its place, Escape keeps theirs.`;
    }
    const input = inputOf(form);
    form.querySelector("[role=alert]")?.remove();
    const error = document.createElement("p");
    error.className = "error";
    error.setAttribute("role", "alert");
    error.textContent = words;
    form.append(error);
    input?.setAttribute("aria-invalid", "true");
    input?.focus();
  }

  /** Shows again what the cell says. */
  private close(cell: HTMLTableCellElement, focus: boolean): void {
    const form = cell.querySelector("form");
    if (form) form.dataset.sending = "";
    form?.remove();
    cell.removeAttribute("data-editing");
    const link = cell.querySelector<HTMLAnchorElement>("a[data-cell]");
    if (link) link.hidden = false;
    if (focus) link?.focus();
  }

  private go(cell: HTMLTableCellElement, where: string): void {
    if (where !== "next" && where !== "before") return;
    const cells = [...this.element.querySelectorAll("td:has(a[data-cell])")];
    const next = cells[cells.indexOf(cell) + (where === "next" ? 1 : -1)];
    if (next instanceof HTMLTableCellElement) void this.open(next);
    else cell.querySelector<HTMLAnchorElement>("a[data-cell]")?.focus();
  }
}

function inputOf(form: HTMLFormElement): Input | null {
  return form.querySelector<Input>("input:not([type=hidden]), select, textarea");
}

/** The boxes of a field of which several can be chosen. */
function boxesOf(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
}

function hasChanged(form: HTMLFormElement): boolean {
  const boxes = boxesOf(form);
  if (boxes.length > 0) return boxes.some((box) => box.checked !== box.defaultChecked);
  const input = inputOf(form);
  if (input instanceof HTMLSelectElement) {
    return [...input.options].some((option) => option.selected !== option.defaultSelected);
  }
  return input !== null && input.value !== input.defaultValue;
}

/** What was typed stands in the cell at once; the refresh that follows draws it as it is. */
function show(cell: HTMLTableCellElement, form: HTMLFormElement): void {
  const input = inputOf(form);
  const boxes = boxesOf(form);
  const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
  const single =
    input instanceof HTMLSelectElement ? input.selectedOptions[0]?.textContent : input?.value;
  const text = boxes.length > 0 ? chosen.join(", ") : single;
  const link = cell.querySelector("a[data-cell]");
  const label = link?.querySelector(".sr");
  link?.replaceChildren(...(label ? [label] : []), text || "–");
}

function shown(value: unknown): string {
  if (value === null || value === "") return "nothing";
  return `“${Array.isArray(value) ? value.join(", ") : JSON.stringify(value).replace(/^"|"$/g, "")}”`;
}
