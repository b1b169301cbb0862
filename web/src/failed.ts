// A form that was refused is answered by a page of its own, which takes the place of the one before:
// merged into it, as a refresh is, both would stand there at once.
export function replaceWhereRefused(): void {
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
