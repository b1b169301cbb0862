import { Controller } from "@hotwired/stimulus";

/**
 * Two sliders over a table whose cells (`[data-at="TEAMS:STAGE"]`) hold every answer: moving one tells
 * the answer of that place at once. Without scripts the form asks for it.
 */
export default class extends Controller<HTMLElement> {
  static targets = ["teams", "stage", "count", "word", "said"];

  declare readonly teamsTarget: HTMLInputElement;
  declare readonly stageTarget: HTMLInputElement;
  declare readonly countTarget: HTMLOutputElement;
  declare readonly wordTarget: HTMLOutputElement;
  declare readonly saidTarget: HTMLElement;

  look(): void {
    const teams = this.teamsTarget.value;
    const row = this.element.querySelectorAll<HTMLElement>(`[data-at^="${teams}:"]`);
    const cell = row[Number(this.stageTarget.value)];
    if (!cell) return;
    this.countTarget.textContent = teams;
    this.wordTarget.textContent = cell.dataset.word ?? "";
    this.saidTarget.textContent = cell.dataset.said ?? "";
  }
}
