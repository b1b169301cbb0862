// What people may throw at it: endless titles, every script of the world, markup, huge tables, a
// full board. No page breaks, nothing runs, everything stays readable in each look.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, logIn, openPage } from "../lib/browser.mjs";
import { assertLooksRight } from "../lib/checks.mjs";
import { startDemo } from "../lib/server.mjs";

let server;
let browser;
let page;
const made = {};

const SCRIPT = '<script>window.ran = 1</script><img src=x onerror="window.ran = 2">';
const TITLES = {
  endless: "W".repeat(10_000),
  words: "word ".repeat(2_000).trim(),
  emoji: "🧑‍🚀🏳️‍🌈👩‍👩‍👧‍👦 tickets 🚆🚆🚆 ".repeat(12).trim(),
  righttoleft: "تذاكر القطار ‏(عودة) \u202e reversed עברית מימין לשמאל ".repeat(6).trim(),
  script: SCRIPT,
  zalgo: "Z̶̢̛̗a̵l̷͉̒g̸̢̛o̵ ".repeat(20).trim(),
};

/** More columns than any window holds, more rows than anyone reads, links of every scheme. */
const TABLE = [
  `| ${Array.from({ length: 40 }, (_, at) => `column ${at}`).join(" | ")} |`,
  `|${"---|".repeat(40)}`,
  ...Array.from({ length: 200 }, () => `| ${"cell | ".repeat(40)}`),
].join("\n");
const BODY = `${SCRIPT}

[script](javascript:alert(1)) [data](data:text/html,x) [vb](vbscript:x) [good](https://example.org) RIDE-30

${"L".repeat(3_000)}

\`\`\`
${"code ".repeat(400)}
\`\`\`

${TABLE}
`;

/** Sends an action's form as the page does. */
function act(action, fields) {
  return page.evaluate(
    async ([action, fields]) => {
      const body = new URLSearchParams(fields);
      const headers = { accept: "application/json" };
      const answer = await fetch(`/do/${action}`, { method: "POST", body, headers });
      return answer.status;
    },
    [action, fields],
  );
}

before(async () => {
  server = await startDemo();
  browser = await launch();
  page = await openPage(browser, server);
  const { email, password } = server.logins.find(({ email }) => email.startsWith("priya"));
  await logIn(page, { email, password });
  assert.equal(await act("create-product", { key: "HARD", name: `Hard ${TITLES.emoji}` }), 204);
  for (const [name, title] of Object.entries(TITLES)) {
    const labels = `${name},${"label".repeat(18)},${SCRIPT.slice(0, 90)}`;
    const fields = { product: "HARD", title, body: BODY, labels, priority: title.slice(0, 100) };
    assert.equal(await act("create-work-item", fields), 204, name);
  }
  assert.equal(await act("record-evidence", { product: "HARD", verbatim: BODY, source: TITLES.zalgo }), 204);
  assert.equal(await act("create-need", { product: "HARD", title: TITLES.endless, body: BODY }), 204);
  assert.equal(await act("frame-opportunity", { product: "HARD", title: TITLES.righttoleft, body: BODY }), 204);
  for (let at = 0; at < 200; at += 1) {
    await act("create-work-item", { product: "HARD", title: `Card ${at} ${Object.values(TITLES)[at % 6].slice(0, 300)}` });
  }
  await page.goto("/p/HARD/backlog");
  made.item = await page.locator("[data-row]").first().getAttribute("data-item");
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const PAGES = ["backlog", "list", "board", "epics", "evidence", "needs", "opportunities", "activity", "gaps", "past"];

for (const name of PAGES) {
  test(`${name} bears it in every look`, async () => {
    await assertLooksRight(page, `/p/HARD/${name}`, `hostile-${name}`);
    assert.equal(await page.evaluate(() => window.ran), undefined, "a script ran");
  });
}

test("items, search and the products' page bear it in every look", async () => {
  await page.goto("/p/HARD/backlog");
  const keys = await page.locator("[data-row]").evaluateAll((rows) => rows.slice(0, 6).map((r) => r.dataset.item));
  assert.equal(keys.length, 6);
  for (const key of keys) {
    await assertLooksRight(page, `/${key}`, `hostile-${key}`);
    assert.equal(await page.evaluate(() => window.ran), undefined, "a script ran");
  }
  const schemes = await page.locator(".prose a").evaluateAll((links) => links.map((link) => link.protocol));
  assert.ok(schemes.length > 1);
  for (const scheme of schemes) assert.match(scheme, /^https?:$/);
  await assertLooksRight(page, "/search?q=Card", "hostile-search");
  await assertLooksRight(page, "/", "hostile-products");
});

test("the peek panel holds a hostile item beside the list", async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto("/p/HARD/backlog");
  await page.locator("[data-row-link]").first().click();
  await page.locator("#peek article").waitFor();
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window, `${content} px in ${window} px`);
  const panel = await page.locator("#peek").evaluate((p) => [p.scrollWidth, p.clientWidth]);
  assert.ok(panel[0] <= panel[1], `the panel holds ${panel[0]} px in ${panel[1]} px`);
});

test("the board's two hundred cards come as one page of moderate weight", async () => {
  const answer = await page.goto("/p/HARD/board?cards=200");
  const weight = (await answer.body()).length;
  const cards = await page.locator(".board-column [data-item]").count();
  assert.ok(cards >= 200, `${cards} cards`);
  assert.ok(weight < 700_000, `${weight} bytes`);
});
