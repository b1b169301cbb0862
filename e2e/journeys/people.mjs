// People in a real browser: what signals say of a healthy team and of a siloed one, a mirror that is
// private until it is shared, what one does about a line of it, and one's growth taken along.

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
  health: "/health",
  "health-healthy": "/p/RIDE/health",
  "health-siloed": "/p/PART/health",
  signal: "/p/PART/health/evidence-monopoly",
  mirror: "/mirror",
  "mirror-events": "/mirror/35?days=365",
  growth: "/mirror/growth?profile=product-manager.lead",
  careers: "/careers",
  "careers-owner": "/careers?role=product-owner",
  profile: "/careers?profile=product-owner.senior",
};

test("every page about people is right in light, in dark and on a phone", async () => {
  const page = await openPage(browser, server);
  await logIn(page, person("mei"));
  for (const [name, path] of Object.entries(PAGES)) {
    await assertLooksRight(page, path, name);
  }
});

test("the siloed product says what to do, and its button leads there; the healthy one is silent", async () => {
  const page = await openPage(browser, server);
  await logIn(page, person("priya"));
  await page.goto("/p/RIDE/health");
  await page.getByText("No signal is raised").waitFor();
  await page.goto("/p/PART/health");
  for (const name of ["S1 No why", "S3 Evidence monopoly", "S5 Blind acceptance", "S7 Cascade", "S9 Unanswered feedback"]) {
    await page.getByRole("heading", { name }).waitFor();
  }
  await page.getByRole("link", { name: "Talk about the requirements" }).click();
  await page.waitForURL("**/p/PART/requirements");
});

test("a mirror opens to those it is shared with, to nobody else, and closes again", async () => {
  const lea = await openPage(browser, server);
  await logIn(lea, person("lea"));
  await lea.goto("/mirror");
  const address = await lea.locator(".copy code").innerText();

  const priya = await openPage(browser, server);
  await logIn(priya, person("priya"));
  await priya.goto("/mirror");
  await priya.getByRole("link", { name: "Lea Brandt" }).click();
  await priya.getByRole("heading", { name: "Mirror of Lea Brandt" }).waitFor();

  const tom = await openPage(browser, server);
  await logIn(tom, person("tom"));
  assert.equal((await tom.goto(address)).status(), 403);

  await lea.locator('select[name="audience"]').selectOption("nobody");
  await lea.locator('form[action="/do/share-mirror"] button[type="submit"]').click();
  await lea.getByText("only you see it").waitFor();
  assert.equal((await priya.goto(address)).status(), 403);
});

test("what is done for others is adopted by a click, and what rests is kept", async () => {
  const lea = await openPage(browser, server);
  await logIn(lea, person("lea"));
  await lea.goto("/mirror");
  const adopted = lea.locator("ul.mirror li", { hasText: "You also exercise" }).first();
  const name = await adopted.locator("b").innerText();
  await adopted.getByRole("button", { name: "Adopt" }).click();
  await lea.waitForURL(/\/charters\/[0-9a-f-]{36}$/);
  await lea.getByText("It holds when all have signed").waitFor();
  await lea.getByText(name).first().waitFor();

  await lea.goto("/mirror");
  await lea.locator("form[action*='keep-responsibility'] button").first().click();
  await lea.getByText("Kept as it is until").first().waitFor();
});

test("growth is taken along as a file", async () => {
  const ana = await openPage(browser, server);
  await logIn(ana, person("ana"));
  await ana.goto("/mirror");
  await ana.getByRole("link", { name: "Your growth" }).click();
  await ana.locator('select[name="profile"]').selectOption({ label: "Senior product owner" });
  await ana.getByRole("heading", { name: "Ahead" }).waitFor();
  const waiting = ana.waitForEvent("download");
  await ana.getByRole("link", { name: "Text, for a one-to-one" }).click();
  const file = await (await waiting).path();
  const text = await readFile(file, "utf8");
  assert.match(text, /^# Ana Ruiz: the last year/);
  assert.match(text, /Beside the profile “Senior product owner”/);
});
