// From an empty folder to a team at work: setting up, inviting, choosing a new password, a private
// product, and the way out.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, logIn, openPage } from "../lib/browser.mjs";
import { assertLooksRight } from "../lib/checks.mjs";
import { startServer } from "../lib/server.mjs";

let server;
let browser;
const OLIVE = { email: "olive@example.org", password: "a long enough word" };
const GUS = { email: "gus@example.org", password: "another long word" };

before(async () => {
  server = await startServer("serve");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function fill(page, fields) {
  for (const [name, value] of Object.entries(fields)) {
    await page.locator(`main [name="${name}"]`).fill(value);
  }
  await page.locator('main button[type="submit"]').first().click();
}

test("the printed link sets up the workspace, once", async () => {
  const link = server.output().match(/http\S+\/setup\/\S+/)?.[0];
  assert.ok(link, `no link in:\n${server.output()}`);
  const page = await openPage(browser, server);
  await assertLooksRight(page, new URL(link).pathname, "setup");
  const fields = { workspace: "Harbour", name: "Olive", email: OLIVE.email };
  const product = { product_name: "Ferries", product_key: "FERRY" };
  await page.getByText("Name the first product here already").click();
  await fill(page, { ...fields, password: "short", ...product });
  await page.getByText("10 characters").first().waitFor();
  assert.equal(await page.locator('[name="workspace"]').inputValue(), "Harbour");
  await page.setViewportSize({ width: 1280, height: 800 });
  await fill(page, { password: OLIVE.password });
  await page.getByText("Which company is it?").waitFor();
  await page.goto("/");
  await page.getByRole("link", { name: "Ferries" }).first().waitFor();
  const again = await page.goto(link);
  assert.equal(again.status(), 409);
  await page.getByText("Ask for a new one").waitFor();
});

test("an invitation brings somebody in, and a reset link gives a new password", async () => {
  const olive = await openPage(browser, server);
  await logIn(olive, OLIVE);
  await olive.goto("/people");
  await olive.locator('form[action="/people/invite"] select[name="role"]').selectOption("member");
  await olive.locator('form[action="/people/invite"] button[type="submit"]').click();
  const join = await olive.getByText(/\/join\//).first().innerText();
  const gus = await openPage(browser, server);
  await assertLooksRight(gus, new URL(join).pathname, "join");
  await gus.setViewportSize({ width: 1280, height: 800 });
  await fill(gus, { name: "Gus", ...GUS });
  await gus.getByRole("link", { name: "Ferries" }).first().waitFor();

  await olive.goto("/people");
  await olive.locator("tr", { hasText: /^\s*Gus/ }).getByRole("button", { name: "Reset link" }).click();
  const reset = await olive.getByText(/\/reset\//).first().innerText();
  const other = await openPage(browser, server);
  await assertLooksRight(other, new URL(reset).pathname, "reset");
  await other.setViewportSize({ width: 1280, height: 800 });
  GUS.password = "yet another long word";
  await fill(other, { password: GUS.password });
  await other.getByRole("link", { name: "Ferries" }).first().waitFor();
  // The new password ended the sessions that the old one began.
  await gus.goto("/account");
  assert.match(gus.url(), /\/login/);
  await logIn(gus, GUS);
});

test("a private product is there only for those named in it", async () => {
  const olive = await openPage(browser, server);
  await logIn(olive, OLIVE);
  await olive.goto("/");
  const form = olive.locator('form[action="/do/create-product"]');
  await form.locator('[name="name"]').fill("Night boats");
  await form.locator('[name="key"]').fill("NIGHT");
  await form.locator('[name="private"]').check();
  await form.locator('button[type="submit"]').click();
  await olive.getByRole("link", { name: "Night boats" }).first().waitFor();

  const gus = await openPage(browser, server);
  await logIn(gus, GUS);
  assert.equal(await gus.getByText("Night boats").count(), 0);
  assert.equal((await gus.goto("/p/NIGHT/backlog")).status(), 404);

  await assertLooksRight(olive, "/p/NIGHT/settings", "settings-private");
  await olive.setViewportSize({ width: 1280, height: 800 });
  await olive.goto("/p/NIGHT/settings");
  const naming = olive.locator('form[action="/do/add-product-member"]');
  await olive.locator("details", { has: naming }).locator("summary").first().click().catch(() => {});
  await naming.locator('select[name="person"]').selectOption({ label: "Gus, member" });
  await naming.locator('button[type="submit"]').click();
  await olive.locator("main", { hasText: "Gus" }).waitFor();
  assert.equal((await gus.goto("/p/NIGHT/backlog")).status(), 200);
});

test("leaving ends the session", async () => {
  const page = await openPage(browser, server);
  await logIn(page, GUS);
  await page.locator('form[action="/logout"]').first().evaluate((form) => form.requestSubmit());
  await page.waitForURL(/\/login/);
  await page.goto("/account");
  assert.match(page.url(), /\/login/);
});
