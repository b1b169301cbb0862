/** What is selected on the page. */
export function selectedWords(): string {
  return window.getSelection()?.toString().trim() ?? "";
}

/** Words selected on a page become the quote in a field where none was begun; says whether. */
export function quote(area: HTMLTextAreaElement, words: string): boolean {
  if (!words || area.value) return false;
  area.value = words;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  window.getSelection()?.removeAllRanges();
  return true;
}
