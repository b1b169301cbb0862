import { Controller } from "@hotwired/stimulus";
import * as Turbo from "@hotwired/turbo";
import { quote, selectedWords } from "../quote";
import { undoLast } from "../undo";

const PATIENCE = 1_500;
/** The pages of the product that was looked at last, by their keys. */
const PAGES = "pages";

/**
 * Keys: an element with `data-hotkey="w"` (or "g b") is pressed by it, fields get the caret. In a row
 * its own keys win, then the peek panel's, then the page's. `j`, `k` walk rows, `x` selects one.
 */
export default class extends Controller<HTMLElement> {
  private typed = "";
  private at = 0;

  connect(): void {
    document.addEventListener("keydown", this.press);
    const links = document.querySelectorAll<HTMLAnchorElement>('nav a[data-hotkey][href^="/p/"]');
    const pages = [...links].map(({ dataset, href }) => [dataset.hotkey ?? "", href]);
    if (pages.length) sessionStorage.setItem(PAGES, JSON.stringify(Object.fromEntries(pages)));
  }

  disconnect(): void {
    document.removeEventListener("keydown", this.press);
  }

  help(): void {
    const dialog = document.getElementById("keys");
    if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  }

  private press = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      this.dispatch("palette", { target: document, prefix: "" });
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const { target } = event;
      const written = target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
      if (written && target.form) {
        event.preventDefault();
        target.form.requestSubmit();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
      return;
    }
    if (event.key === "Escape") {
      this.escape();
      return;
    }
    if (isTyping(event.target) || event.key.length !== 1) return;
    const combined = event.timeStamp - this.at < PATIENCE ? `${this.typed} ${event.key}` : "";
    const known = combined && (find(combined) ?? ofLastProduct(combined));
    const key = known ? combined : event.key;
    this.typed = event.key;
    this.at = event.timeStamp;
    if (this.act(key)) {
      event.preventDefault();
      this.typed = "";
      this.at = 0;
    }
  };

  private act(key: string): boolean {
    if (key === "?") {
      this.help();
      return true;
    }
    if (key === "j" || key === "k") return walk(key === "j" ? 1 : -1);
    if (key === "x") return select();
    const row = key === "w" && !find(key) ? inFocus() : undefined;
    if (row) showPathInPeek();
    const element = row ?? find(key);
    const page = element ? undefined : ofLastProduct(key);
    if (page) Turbo.visit(page);
    if (!element) return page !== undefined || (key === "z" && undoLast());
    press(element);
    return true;
  }

  private escape(): void {
    const active = document.activeElement;
    if (isTyping(active)) (active as HTMLElement).blur();
    else this.dispatch("escape", { target: document, prefix: "" });
  }
}

/** Presses what a key stands for, and goes into what that opens. */
export function press(element: HTMLElement): void {
  // Pressing it may lose what is selected.
  const selected = selectedWords();
  if (element.matches("input, textarea, select")) element.focus();
  else element.click();
  if (!element.matches("summary")) return;
  const details = element.parentElement;
  const first = (what: string) => details?.querySelector<HTMLElement>(what);
  (first("input:not([type=hidden]), textarea, select") ?? first("button, a"))?.focus();
  const area = first("textarea[name=verbatim]");
  if (area instanceof HTMLTextAreaElement) quote(area, selected);
}

/** What one can do on this page by a key, each once, as its button says it. */
export function doings(): { title: string; key: string; element: HTMLElement }[] {
  const all = document.querySelectorAll<HTMLElement>(
    "main :is(.btn, [title^='Change: '])[data-hotkey]",
  );
  const known = new Set<string>();
  return [...all].flatMap((element) => {
    const words = element.cloneNode(true) as HTMLElement;
    for (const key of words.querySelectorAll("kbd")) key.remove();
    const title = (element.getAttribute("title") ?? words.textContent ?? "").trim();
    if (!title || known.has(title) || element.closest("[data-row]") || !visible(element)) return [];
    known.add(title);
    return [{ title, key: element.dataset.hotkey ?? "", element }];
  });
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])")
  );
}

function visible(element: HTMLElement): boolean {
  return element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;
}

function find(key: string): HTMLElement | undefined {
  const row = document.activeElement?.closest("[data-row]");
  const scopes = [row, document.getElementById("peek"), document];
  for (const scope of scopes) {
    const found = scope?.querySelectorAll<HTMLElement>(`[data-hotkey="${CSS.escape(key)}"]`);
    const all = [...(found ?? [])];
    const element = all.find(visible) ?? all.find((one) => one.closest("details.group"));
    if (element) return element;
  }
  return undefined;
}

/** Where a key leads on a page that belongs to no product. */
function ofLastProduct(key: string): string | undefined {
  const pages = sessionStorage.getItem(PAGES);
  return pages ? (JSON.parse(pages) as Record<string, string>)[key] : undefined;
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-row]")].filter(visible);
}

function link(row: Element): HTMLElement | null {
  const first = (selector: string) => row.querySelector<HTMLElement>(selector);
  return first("[data-row-link]") ?? first("a") ?? first("input");
}

/** In a list, the way to why begins with the row's own panel. */
function inFocus(): HTMLElement | undefined {
  const row = document.activeElement?.closest("[data-row]");
  return (row && link(row)) ?? undefined;
}

/** The path to why stands below all else in the panel: what it opens for is brought in sight. */
function showPathInPeek(): void {
  const peek = document.getElementById("peek");
  const show = () => peek?.querySelector(".rail-title")?.scrollIntoView({ block: "start" });
  peek?.addEventListener("turbo:frame-load", show, { once: true });
}

/** The next or previous row gets the focus; an open peek panel follows. */
function walk(step: 1 | -1): boolean {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? all[0] : all[at + step];
  const target = next && link(next);
  if (!target) return all.length > 0;
  target.focus();
  target.scrollIntoView({ block: "nearest" });
  const peek = document.getElementById("peek") as FrameElement | null;
  if (peek?.src && target instanceof HTMLAnchorElement && target.dataset.turboFrame === "peek") {
    peek.src = target.href;
  }
  return true;
}

function select(): boolean {
  const row = document.activeElement?.closest("[data-row]");
  const box = row?.querySelector<HTMLInputElement>("input[type=checkbox][name=items]");
  box?.click();
  return Boolean(box);
}
