// What was done last in this tab can be taken back also when its message has left.

const LAST = "undo";
const KEPT = 600_000;

interface Last {
  action: string;
  until: number;
}

/** Keeps where the last change is undone, until it is. */
export function undoable(form: HTMLFormElement | null): void {
  if (!form) return;
  const last: Last = { action: form.action, until: Date.now() + KEPT };
  sessionStorage.setItem(LAST, JSON.stringify(last));
  form.addEventListener("submit", () => sessionStorage.removeItem(LAST));
}

/** Undoes the last change of the last ten minutes; false where there is none. */
export function undoLast(): boolean {
  const kept = sessionStorage.getItem(LAST);
  sessionStorage.removeItem(LAST);
  const last = kept ? (JSON.parse(kept) as Last) : undefined;
  if (!last || last.until < Date.now()) return false;
  const form = document.createElement("form");
  form.method = "post";
  form.action = last.action;
  form.hidden = true;
  form.addEventListener("turbo:submit-end", () => form.remove());
  document.body.append(form);
  form.requestSubmit();
  return true;
}
