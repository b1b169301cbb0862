// What holds for every page: accessible, no trouble in the console, no sideways scrolling.

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { LOOKS } from "./browser.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SCREENSHOTS =
  process.env.WHEREFORE_SCREENSHOTS ??
  new URL("../../target/screenshots", import.meta.url).pathname;

/** Fails where axe-core finds something serious or critical, naming the rule and the elements. */
export async function assertAccessible(page) {
  // Evaluated by the debugger, not as a script of the page: the content security policy stays strict.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ["violations"] }),
  );
  const grave = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => {
      const where = nodes.slice(0, 5).map((node) => `\n    ${node.target.join(" ")}`);
      return `${id}: ${help}${where.join("")}`;
    });
  assert.deepEqual(grave, [], `${page.url()} is not accessible:\n${grave.join("\n")}`);
}

/** Fails where the page is wider than its window. */
export async function assertFits(page) {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window, `${page.url()} is ${content} px wide in a window of ${window} px`);
}

/** Looks at `path` in light, in dark and on a phone: checks each and keeps a picture of it. */
export async function assertLooksRight(page, path, name) {
  await mkdir(SCREENSHOTS, { recursive: true });
  for (const [look, { colorScheme, viewport }] of Object.entries(LOOKS)) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    const answer = await page.goto(path);
    assert.equal(answer.status(), 200, `${path} answered ${answer.status()}`);
    await page.screenshot({ path: join(SCREENSHOTS, `${name}-${look}.png`), fullPage: true, timeout: 60_000 });
    await assertFits(page);
    await assertAccessible(page);
  }
  assert.deepEqual(page.troubles, [], `${path} logged errors in the browser`);
}
