import { showToast } from "./toasts";

interface Fetched {
  response: Response;
  responseHTML: Promise<string | undefined>;
}

/**
 * A form that was refused stays as it is and says in its own place what was wrong. Where the answer
 * asks for more than that, its page takes the place of the one before.
 */
export function tellWhereRefused(): void {
  document.addEventListener("turbo:before-fetch-response", (event) => {
    const form = event.target;
    const { fetchResponse } = (event as CustomEvent<{ fetchResponse: Fetched }>).detail;
    const { status, url } = fetchResponse.response;
    if (!(form instanceof HTMLFormElement) || status < 400 || status >= 500) return;
    if (!new URL(url).pathname.startsWith("/do/")) return;
    event.preventDefault();
    void fetchResponse.responseHTML.then((html) => tell(form, html ?? ""));
  });
  replaceWhereRefused();
}

function tell(form: HTMLFormElement, html: string): void {
  const page = new DOMParser().parseFromString(html, "text/html");
  const why = page.querySelector<HTMLElement>("[data-refused]");
  const fields = [...form.elements].filter((field) => field instanceof HTMLElement && seen(field));
  const reason = page.querySelector<HTMLTextAreaElement>("textarea[name=_reason]");
  // A conflict shows both texts, and where a reason is asked for a button alone has no room for it.
  if (!why || (reason && fields.length === 0) || !form.isConnected) {
    document.title = page.title;
    document.body.replaceWith(document.adoptNode(page.body));
    return;
  }
  // What the last answer said is of another attempt.
  document.getElementById("toasts")?.replaceChildren();
  form.querySelector(".refused")?.remove();
  for (const field of form.querySelectorAll("[aria-invalid]"))
    field.removeAttribute("aria-invalid");
  const text = why.querySelector(".hint > div")?.textContent ?? why.textContent;
  if (fields.length === 0) {
    showToast(text, true);
    return;
  }
  why.className = "refused";
  if (reason && !form.querySelector("[name=_reason]")) {
    form.prepend(document.adoptNode(why));
    why.after(document.adoptNode(reason.closest(".field") ?? reason));
    reason.focus();
    return;
  }
  const wrong = fields.find((field) => field.getAttribute("name") === why.dataset.refused);
  // Beside the field that is meant: the top of a long form is out of sight there.
  const beside = wrong?.closest(".field");
  if (beside) beside.before(document.adoptNode(why));
  else form.prepend(document.adoptNode(why));
  wrong?.setAttribute("aria-invalid", "true");
  if (wrong instanceof HTMLElement) wrong.focus();
  why.scrollIntoView({ block: "nearest" });
}

/** Whether it is a field that a person fills in. */
function seen(field: Element): boolean {
  return field.matches("textarea, select, input:not([type=hidden])") && field.checkVisibility();
}

/** Merged into the page before, as a refresh is, both would stand there at once. */
function replaceWhereRefused(): void {
  let refused = false;
  document.addEventListener("turbo:submit-end", (event) => {
    refused = !((event as CustomEvent).detail as { success: boolean }).success;
  });
  document.addEventListener("turbo:before-render", (event) => {
    if (!refused) return;
    refused = false;
    const { detail } = event as CustomEvent<{ render: (now: Element, next: Element) => void }>;
    detail.render = (now, next) => {
      now.replaceWith(next);
    };
  });
}
