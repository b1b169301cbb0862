import { Controller } from "@hotwired/stimulus";
import * as Turbo from "@hotwired/turbo";
import uFuzzy from "@leeoniya/ufuzzy";
import { here } from "../live";
import { doings, press } from "./hotkeys";

interface Entry {
  href: string;
  title: string;
  /** Small words at the end: an item's key, a group, keys to press. */
  hint: string;
  element?: HTMLElement;
  /** A button of the page, which is pressed instead of going anywhere. */
  button?: HTMLElement;
}

interface Found {
  results: { href: string; title: string; key?: string; kind?: string }[];
}

/** One slip of the fingers in each word is forgiven; words may come in any order and script. */
const finder = new uFuzzy({
  // The library declares the name of this number in its types alone.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
  intraMode: 1,
  unicode: true,
  interSplit: "[^\\p{L}\\d']+",
  intraSplit: "\\p{Ll}\\p{Lu}",
  intraBound: "\\p{L}\\d|\\d\\p{L}|\\p{Ll}\\p{Lu}",
  intraChars: "[\\p{L}\\d']",
  intraContr: "'\\p{L}{1,2}\\b",
});

/**
 * Find or do anything: the page's commands (`<template id="commands">`), then what
 * `/search.json?q=` answers, as a combobox over a list.
 */
export default class extends Controller<HTMLElement> {
  private entries: Entry[] = [];
  private at = 0;
  private asked = 0;
  private timer: number | undefined;

  connect(): void {
    document.addEventListener("palette", this.open);
    this.element.addEventListener("input", this.typed);
    this.element.addEventListener("keydown", this.press);
    this.element.addEventListener("click", this.pick);
  }

  disconnect(): void {
    document.removeEventListener("palette", this.open);
    this.element.removeEventListener("input", this.typed);
    this.element.removeEventListener("keydown", this.press);
    this.element.removeEventListener("click", this.pick);
  }

  open = () => {
    if (!this.dialog || this.dialog.open) return;
    this.dialog.showModal();
    this.input.value = "";
    this.input.focus();
    this.show(this.commands(""));
  };

  private get dialog(): HTMLDialogElement | null {
    return document.querySelector<HTMLDialogElement>("dialog#palette");
  }

  private get input(): HTMLInputElement {
    return this.dialog?.querySelector("input") as HTMLInputElement;
  }

  private commands(query: string): Entry[] {
    const template = document.querySelector<HTMLTemplateElement>("template#commands");
    const own: Entry[] = doings().map(({ title, key, element }) => {
      return { href: "", title, hint: `Do  ${key}`, button: element };
    });
    const pages: Entry[] = [...(template?.content.querySelectorAll("a") ?? [])].map((link) => ({
      href: link.getAttribute("href") ?? "",
      title: link.textContent?.trim() ?? "",
      hint: [link.dataset.group, link.dataset.keys].filter(Boolean).join("  "),
    }));
    // Pages go first where nothing is typed: what one does here has its buttons in sight.
    const entries = [...pages, ...own];
    if (!query) return entries;
    const titles = entries.map(({ title }) => title);
    const [found, info, order] = finder.search(titles, query, 3);
    const best = order ? order.map((at) => info.idx[at]) : (found ?? []);
    return best.flatMap((at) => entries[at ?? -1] ?? []);
  }

  private typed = (event: Event) => {
    if (event.target !== this.dialog?.querySelector("input")) return;
    const query = this.input.value.trim();
    this.show(this.commands(query));
    window.clearTimeout(this.timer);
    if (query) this.timer = window.setTimeout(() => void this.search(query), 120);
  };

  private async search(query: string): Promise<void> {
    this.asked += 1;
    const mine = this.asked;
    const words = new URLSearchParams({ q: query, near: here() });
    const answer = await fetch(`/search.json?${words}`, {
      headers: { accept: "application/json" },
    }).catch(() => null);
    if (mine !== this.asked || this.input.value.trim() !== query) return;
    const found = answer?.ok ? ((await answer.json()) as Found).results : [];
    const items = found.map(({ href, title, key, kind }) => {
      return { href, title, hint: [key, kind].filter(Boolean).join("  ") };
    });
    const all = `/search?${words}`;
    const rest = { href: all, title: `Find “${query}” everywhere`, hint: "" };
    this.show([...this.commands(query), ...items, rest]);
  }

  private show(entries: Entry[]): void {
    const list = document.getElementById("palette-list");
    this.entries = entries.slice(0, 40);
    list?.replaceChildren(
      ...this.entries.map((entry, index) => {
        const option = document.createElement("li");
        option.id = `palette-${index}`;
        option.setAttribute("role", "option");
        const hint = document.createElement("small");
        hint.textContent = entry.hint;
        option.append(entry.title, hint);
        entry.element = option;
        return option;
      }),
    );
    this.mark(0);
  }

  private mark(at: number): void {
    this.at = Math.max(0, Math.min(at, this.entries.length - 1));
    this.entries.forEach(({ element }, index) => {
      element?.setAttribute("aria-selected", String(index === this.at));
    });
    const current = this.entries[this.at]?.element;
    current?.scrollIntoView({ block: "nearest" });
    if (current) this.input.setAttribute("aria-activedescendant", current.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  private press = (event: KeyboardEvent) => {
    if (!this.dialog?.open || event.isComposing) return;
    if (event.key === "ArrowDown") this.mark(this.at + 1);
    else if (event.key === "ArrowUp") this.mark(this.at - 1);
    else if (event.key === "Enter") this.go(this.entries[this.at]);
    else return;
    event.preventDefault();
  };

  private pick = (event: MouseEvent) => {
    const option = (event.target as Element).closest("#palette-list [role=option]");
    if (!option) return;
    // What a button of the page opens would take this press for one beside it, and shut again.
    event.stopPropagation();
    this.go(this.entries.find((entry) => entry.element === option));
  };

  private go(entry: Entry | undefined): void {
    this.dialog?.close();
    if (entry?.button) press(entry.button);
    else if (entry) Turbo.visit(entry.href);
  }
}
