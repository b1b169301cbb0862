// The few parts of Turbo that are used here; the package brings no types of its own.
declare module "@hotwired/turbo" {
  export const config: { drive: { progressBarDelay: number } };
  export const session: {
    navigator: { currentVisit?: Visit };
  };
  export interface Visit {
    state: "initialized" | "started" | "canceled" | "failed" | "completed";
  }
  export function visit(
    url: string,
    options?: { action?: "advance" | "replace"; shouldCacheSnapshot?: boolean; frame?: string },
  ): void;
  export function fetch(url: string, options?: RequestInit): Promise<Response>;
}

interface FrameElement extends HTMLElement {
  src: string | null;
}
