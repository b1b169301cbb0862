// What a refresh must not touch: typed text, ticked boxes, what is open, messages not yet read.

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function isField(element: Element): element is Field {
  return element.matches("input, textarea, select");
}

export function changed(field: Field): boolean {
  if (field instanceof HTMLSelectElement) {
    const marked = [...field.options].some((option) => option.defaultSelected);
    return [...field.options].some((option, at) =>
      marked || field.multiple
        ? option.selected !== option.defaultSelected
        : option.selected !== (at === 0),
    );
  }
  if (field instanceof HTMLInputElement && /^(checkbox|radio)$/.test(field.type)) {
    return field.checked !== field.defaultChecked;
  }
  return field.value !== field.defaultValue;
}

/** Forms whose text has arrived: what the page says next is newer than what was typed. */
const sent = new Set<Element>();

function arrived(element: Element): boolean {
  return element instanceof HTMLElement && "form" in element && sent.has(element.form as Element);
}

function inUse(element: Element): boolean {
  // The small form that is on its way into its dialog belongs to the key just pressed.
  if (element.matches("dialog[open], .toast, #quick[src], [data-editing]")) return true;
  if (!isField(element) || arrived(element)) return false;
  if (changed(element)) return true;
  if (isRevision(element)) return isWrittenIn(element.form);
  return element === document.activeElement && !isFresh(element.form);
}

function isRevision(element: Element): element is HTMLInputElement {
  return element.matches("input[type=hidden][name=revision]");
}

function isWrittenIn(form: HTMLFormElement | null): boolean {
  return [...(form?.elements ?? [])].some((field) => isField(field) && changed(field));
}

/**
 * The revision on which a form was opened stays with what is typed there: sent with a newer one, an old
 * text would overwrite what others have written meanwhile, unseen. Where nothing is typed yet, all of the
 * form becomes what others wrote, with its revision, wherever the caret stands.
 */
function isFresh(form: HTMLFormElement | null): boolean {
  return [...(form?.elements ?? [])].some(isRevision) && !isWrittenIn(form);
}

/** Something that vanished from the page stays while somebody writes in it. */
function holdsTyping(element: Element): boolean {
  if (element.matches(".toast, dialog[open]")) return true;
  return [element, ...element.querySelectorAll("textarea, input:not([type=checkbox])")].some(
    (field) => isField(field) && field.type !== "checkbox" && !arrived(field) && changed(field),
  );
}

/**
 * Names each form by what it is about. The morph matches by names: without them, what is typed for one
 * item would pass to the form of another where one is added or moved.
 */
function nameForms(body: Element): void {
  const seen = new Map<string, number>();
  for (const form of body.querySelectorAll<HTMLFormElement>("form:not([id])")) {
    const about = [...form.querySelectorAll<HTMLInputElement>("input[type=hidden]")]
      .filter(({ name }) => !name.startsWith("_") && name !== "revision")
      .map(({ name, value }) => `${name}=${value}`);
    const name = encodeURIComponent([form.getAttribute("action"), ...about].join(" "));
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    form.setAttribute("id", `form-${name}-${count}`);
  }
}

export function preserveOnMorph(): void {
  document.addEventListener("turbo:before-render", (event) => {
    const { detail } = event as CustomEvent<{ newBody: Element; renderMethod: string }>;
    if (detail.renderMethod !== "morph") return;
    nameForms(document.body);
    nameForms(detail.newBody);
  });
  document.addEventListener("turbo:submit-end", (event) => {
    const { success } = (event as CustomEvent).detail as { success: boolean };
    if (success) sent.add(event.target as Element);
  });
  document.addEventListener("turbo:load", () => sent.clear());
  document.addEventListener("turbo:before-morph-element", (event) => {
    const { currentElement, newElement } = (event as CustomEvent).detail as {
      currentElement: Element;
      newElement?: Element;
    };
    // The server's newest message takes the place of older ones.
    if (currentElement.id === "toasts" && newElement?.childElementCount) {
      currentElement.replaceChildren();
    }
    const keep = newElement ? inUse(currentElement) : holdsTyping(currentElement);
    if (keep) event.preventDefault();
  });
  document.addEventListener("turbo:before-morph-attribute", (event) => {
    const { attributeName } = (event as CustomEvent).detail as { attributeName: string };
    const target = event.target as Element;
    const ours = /^(data-(?:empty|scripted|sending)|draggable|hidden)$/.test(attributeName);
    if (ours || (attributeName === "open" && target.matches("details"))) event.preventDefault();
  });
}
