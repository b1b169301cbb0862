// The few parts of Turbo that are used here; the package brings no types of its own.
declare module "@hotwired/turbo" {
  export const config: { drive: { progressBarDelay: number } };
  export const session: {
    refresh(url: string): void;
    navigator: { currentVisit?: { state: string } };
  };
  export function visit(url: string, options?: { action?: "advance" | "replace" }): void;
  export function fetch(url: string, options?: RequestInit): Promise<Response>;
}

interface FrameElement extends HTMLElement {
  src: string | null;
}
