import * as Turbo from "@hotwired/turbo";
import { isOurs, refreshPage } from "./live";
import { showToast } from "./toasts";

/**
 * Sends a change that a script makes, as a drag; then the page is fetched anew, whether it was done or
 * refused. `release` lets refreshes go that were held back meanwhile.
 */
export async function change(
  url: string,
  body: URLSearchParams,
  release: () => void,
): Promise<void> {
  try {
    // Asked so, the server answers which change it was instead of a page; the refresh below shows it.
    const answer = await Turbo.fetch(url, {
      method: "POST",
      body,
      headers: { accept: "application/json" },
    });
    if (answer.ok) isOurs(answer.headers.get("x-change"));
    else showToast(await refusal(answer), true);
  } catch {
    showToast("The move was not saved: the server cannot be reached. Try again in a moment.", true);
  }
  release();
  refreshPage();
}

/** What the server says about why it refused. */
async function refusal(answer: Response): Promise<string> {
  const said = (await refused(answer))?.message;
  return said ?? "The move was not saved. Load the page again and try once more.";
}

/** A refusal as programs get it. */
export interface Refused {
  message: string;
  /** What somebody else changed meanwhile. */
  conflict?: { revision: number; fields: { field: string; theirs: unknown; by?: string }[] };
}

/** Why an answer is a refusal; nothing where it does not say. */
export async function refused(answer: Response): Promise<Refused | undefined> {
  const told = (await answer.json().catch(() => undefined)) as { error?: Refused } | undefined;
  return told?.error;
}
