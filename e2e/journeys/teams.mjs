// Teams in a real browser: the map and its past, an interaction from its beginning to its end, what
// asks for attention, and the pages that explain terms.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { launch, logIn, openPage } from "../lib/browser.mjs";
import { assertLooksRight } from "../lib/checks.mjs";
import { startDemo } from "../lib/server.mjs";

let server;
let browser;
const person = (name) => server.logins.find(({ email }) => email.startsWith(name));

before(async () => {
  server = await startDemo();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const PAGES = {
  "teams-map": "/teams/map",
  learn: "/learn",
  "learn-responsibility": "/learn/responsibility/ordering-the-backlog",
  "learn-framework": "/learn/framework/team-topologies",
  "learn-formula": "/learn/formula/kano",
  responsibilities: "/responsibilities",
};

test("the map and the pages that explain are right in light, in dark and on a phone", async () => {
  const page = await openPage(browser, server);
  await logIn(page, person("mei"));
  for (const [name, path] of Object.entries(PAGES)) {
    await assertLooksRight(page, path, name);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto("/teams/map");
  const [interaction] = await page.locator("svg.topology a[href^='/teams/interactions/']").all();
  const [team] = await page.locator("svg.topology a[href^='/teams/']:not([href*='interactions'])").all();
  const [one, other] = [await interaction.getAttribute("href"), await team.getAttribute("href")];
  await assertLooksRight(page, one, "interaction");
  await assertLooksRight(page, other, "team");
});

test("help that outlasted its end is said, ended with a reason, and stays on the map of past days", async () => {
  const page = await openPage(browser, server);
  await logIn(page, person("lea"));
  await page.goto("/teams/map");
  await page.getByText("Research guild facilitates Portal").waitFor();
  await page.getByRole("link", { name: "End or change it" }).first().click();
  await page.waitForURL("**/teams/interactions/*");
  const address = new URL(page.url()).pathname;
  await page.getByText("End it", { exact: true }).first().click();
  await page.locator("form[action='/do/end-interaction'] input[name='because']").fill("They ask partners by themselves");
  await page.locator("form[action='/do/end-interaction'] button[type='submit']").click();
  await page.getByText("They ask partners by themselves").waitFor();

  await page.goto("/teams/map");
  assert.equal(await page.locator(`svg.topology a[href='${address}']`).count(), 0);
  const before = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);
  await page.goto(`/teams/map?at=${before}`);
  assert.equal(await page.locator(`svg.topology a[href='${address}']`).count(), 1);
  await page.getByText("You are seeing the teams as they stood").waitFor();
});

test("an interaction begins without scripts, others see it at once, and the map is a file", async () => {
  const watcher = await openPage(browser, server);
  await logIn(watcher, person("tom"));
  await watcher.goto("/teams/map");
  const page = await openPage(browser, server, { javaScriptEnabled: false });
  await logIn(page, person("ana"));
  await page.goto("/teams/map");
  await page.locator("summary", { hasText: "Begin an interaction" }).click();
  const form = page.locator("form[action='/do/begin-interaction']");
  await form.locator("select[name='team']").selectOption({ label: "Research guild" });
  await form.locator("select[name='other']").selectOption({ label: "Tickets" });
  await form.locator("select[name='mode']").selectOption("facilitating");
  await form.locator("input[name='purpose']").fill("Test <b>prototypes</b> with people who cannot see");
  await form.locator("button[type='submit']").click();
  const row = { hasText: "Test <b>prototypes</b> with people" };
  await page.locator("td", row).waitFor();
  await page.getByText("and no end is expected").waitFor();
  await watcher.locator("td", row).waitFor();
  assert.deepEqual(watcher.troubles, []);

  const look = await openPage(browser, server);
  await logIn(look, person("ana"));
  await look.goto("/teams/map");
  await look.locator("summary", { hasText: "Save as" }).click();
  const waiting = look.waitForEvent("download");
  await look.getByRole("link", { name: "SVG, a drawing" }).click();
  const text = await readFile(await (await waiting).path(), "utf8");
  assert.match(text, /^<svg[^>]*xmlns/);
  assert.match(text, /Rail data platform/);
});

test("a term is found in the palette, and the quiet mark beside it leads to its page", async () => {
  const page = await openPage(browser, server);
  await logIn(page, person("tom"));
  await page.goto("/p/RIDE/backlog");
  await page.keyboard.press("Control+k");
  await page.locator("dialog#palette input").fill("little's law");
  await page.locator("#palette-list li", { hasText: "Little's law" }).first().click();
  await page.waitForURL("**/learn/formula/littles-law");
  await page.getByText("Where it comes from").waitFor();
  await page.goto("/mirror");
  await page.locator("ul.mirror a.explain").first().click();
  await page.waitForURL("**/learn/responsibility/*");
  await page.getByText("Who usually answers").first().waitFor();
});

test("a responsibility of one's own is added in the browser, and one is made strict", async () => {
  const page = await openPage(browser, server);
  await logIn(page, person("mei"));
  await page.goto("/responsibilities");
  await page.locator("summary", { hasText: "Add one of your own" }).click();
  const form = page.locator("form[action='/do/add-responsibility']");
  await form.locator("input[name='name']").fill("Partner relations");
  await form.locator("textarea[name='definition']").fill("Look after the agencies that sell our tickets.");
  await form.locator("button[type='submit']").click();
  await page.locator("span.soft", { hasText: "Look after the agencies" }).waitFor();

  await page.locator("form[action*='set-strict?number=35'] button").click();
  await page.locator("tr", { hasText: "Stories" }).getByText("reason first").waitFor();
});
