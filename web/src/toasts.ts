/** Shows a message that a script has to give; the server's own arrive with the page. */
export function showToast(message: string, bad = false): void {
  const toast = document.createElement("div");
  toast.className = bad ? "toast bad" : "toast";
  toast.dataset.controller = "toast";
  if (bad) toast.dataset.toastStay = "";
  const text = document.createElement("span");
  text.textContent = message;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "plain";
  close.dataset.action = "toast#close";
  close.setAttribute("aria-label", "Close");
  close.textContent = "✕";
  toast.append(text, close);
  document.getElementById("toasts")?.append(toast);
}
