// Takes the pictures of README and docs from a fresh demo world. Run it with `cargo xtask pictures`.

import { mkdir } from "node:fs/promises";
import { launch, logIn, openPage } from "./lib/browser.mjs";
import { startDemo } from "./lib/server.mjs";

const FOLDER = new URL("../docs/pictures/", import.meta.url).pathname;
const PRODUCT_MANAGER = "mei@southway.example";
const HEAD_OF_PRODUCT = "priya@southway.example";

/** Opens the first link on a list whose address looks like this. */
const first = (list, link) => async (page) => {
  await page.goto(list);
  const found = page.locator(`main a[href]`).evaluateAll(
    (links, source) => links.map((l) => l.getAttribute("href")).find((href) => new RegExp(source).test(href)),
    link.source,
  );
  const href = await found;
  if (!href) throw new Error(`${list} has no link like ${link}`);
  await page.goto(href);
};

/** Each picture: its file, who looks, and where or how to get there. */
const PICTURES = [
  { name: "item-light", go: first("/p/RIDE/list", /^\/RIDE-\d+$/) },
  { name: "backlog-light", go: "/p/RIDE/backlog" },
  { name: "board-dark", go: "/p/RIDE/board", look: "dark" },
  { name: "tree-light", go: "/p/RIDE/tree" },
  { name: "inbox", go: "/p/RIDE/inbox" },
  { name: "priorities", go: "/p/RIDE/priorities" },
  { name: "roadmap", go: "/p/RIDE/roadmap" },
  { name: "portal", go: "/p/RIDE/portal" },
  { name: "missing-why", go: "/p/PART/gaps" },
  { name: "table-light", go: "/p/RIDE/table" },
  { name: "timeline-light", go: "/p/RIDE/timeline" },
  { name: "sprint", go: first("/p/RIDE/sprints", /\/sprints\/|\/iterations\//) },
  { name: "phases", go: first("/p/PART/phases", /\/phases\/./), by: HEAD_OF_PRODUCT },
  { name: "automations", go: "/p/RIDE/automations" },
  { name: "git", go: "/p/RIDE/git", by: HEAD_OF_PRODUCT },
  { name: "files-light", go: "/p/RIDE/files" },
  { name: "charter", go: first("/charters", /^\/charters\/./) },
  { name: "mirror", go: "/mirror" },
  { name: "health", go: "/health" },
  { name: "culture", go: "/culture" },
  { name: "careers", go: "/careers" },
  { name: "teams-map", go: "/teams/map" },
  { name: "reports", go: "/p/RIDE/reports/strategy" },
  { name: "mail", go: "/account/digest" },
  { name: "api", go: "/docs/api", by: HEAD_OF_PRODUCT },
  { name: "agents", go: "/account", by: HEAD_OF_PRODUCT },
  { name: "import", go: "/p/RIDE/import", by: HEAD_OF_PRODUCT },
];

const [, , ...wanted] = process.argv;
const demo = await startDemo();
const browser = await launch();
try {
  await mkdir(FOLDER, { recursive: true });
  const pages = new Map();
  for (const { name, go, look = "light", by = PRODUCT_MANAGER } of PICTURES) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const who = `${by} ${look}`;
    if (!pages.has(who)) {
      const page = await openPage(browser, demo, { look });
      await logIn(
        page,
        demo.logins.find((login) => login.email === by),
      );
      pages.set(who, page);
    }
    const page = pages.get(who);
    if (typeof go === "string") await page.goto(go);
    else await go(page);
    // Live updates hold a connection open, so there is no silence to wait for.
    await page.waitForTimeout(400);
    await page.screenshot({ path: `${FOLDER}${name}.png` });
    console.log(`${name}.png  ${new URL(page.url()).pathname}`);
  }
} finally {
  await browser.close();
  await demo.stop();
}
