// Writing: one thing of an item changed by its key, Markdown with its buttons and preview, and that
// nothing typed is lost.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, logIn, openPage } from "../lib/browser.mjs";
import { assertAccessible } from "../lib/checks.mjs";
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

async function signedIn(name, options) {
  const page = await openPage(browser, server, options);
  await logIn(page, person(name));
  return page;
}

/** Presses a property's key and sends its small form. */
async function change(page, key, name, value) {
  await page.keyboard.press(key);
  const field = page.locator(`#quick [name="${name}"]`);
  await field.waitFor();
  if ((await field.evaluate((element) => element.tagName)) === "SELECT") {
    await field.selectOption(value);
  } else await field.fill(value);
  await page.locator('#quick button[type="submit"]').click();
  await page.locator("dialog#quick-dialog").waitFor({ state: "hidden" });
}

test("each property is changed by its key on the item's page", async () => {
  const page = await signedIn("tom");
  await page.goto("/RIDE-30");
  const props = page.locator("main .props");
  await change(page, "l", "labels", "refunds, urgent");
  await props.getByText("urgent").waitFor();
  await change(page, "p", "priority", "high");
  await props.locator('a[href$="field=priority"]', { hasText: "high" }).waitFor();
  await change(page, "t", "due", "2031-05-04");
  await props.getByText("4 May 2031").waitFor();
  await change(page, "i", "points", "8");
  await change(page, "a", "assignee", "me");
  await props.locator('a[href$="field=assignee"]', { hasText: "Tom" }).waitFor();
  await change(page, "s", "state", "In review");
  await props.getByText("In review").first().waitFor();
  await page.locator('a.quick[href$="field=fields"]').click();
  await page.locator('#quick [name="fields+name"]').fill("Customer");
  await page.locator('#quick [name="fields+value"]').fill("Northern Rail");
  await assertAccessible(page);
  await page.locator('#quick button[type="submit"]').click();
  await page.getByText("Other fields (1)").click();
  await page.getByRole("cell", { name: "Northern Rail" }).waitFor();
  await page.keyboard.press("?");
  await page.locator("dialog#keys[open]").getByText("Estimate").waitFor();
  assert.deepEqual(page.troubles, []);
});

test("a row and the peek panel take the same keys and keep the list in its place", async () => {
  const page = await signedIn("tom");
  await page.goto("/p/RIDE/list?category=open&level=story");
  const row = page.locator("[data-row]").nth(1);
  const key = await row.getAttribute("data-item");
  await row.locator("[data-row-link]").focus();
  await change(page, "l", "labels", "from the row");
  await page.locator(`#row-${key}`, { hasText: "from the row" }).waitFor();
  assert.ok(page.url().endsWith("/p/RIDE/list?category=open&level=story"), page.url());

  await page.locator(`#row-${key} [data-row-link]`).click();
  await page.locator("#peek article").waitFor();
  await page.locator('#peek a.quick[href$="field=priority"]').click();
  await page.locator('#quick [name="priority"]').fill("from the panel");
  await page.locator('#quick button[type="submit"]').click();
  await page.locator(`#row-${key}`, { hasText: "from the panel" }).waitFor();
  await page.locator("#peek", { hasText: "from the panel" }).waitFor();
  assert.deepEqual(page.troubles, []);
});

test("without scripts a property's form is a page that leads back", async () => {
  const page = await signedIn("tom", { javaScriptEnabled: false });
  await page.goto("/p/RIDE/list?category=open");
  const row = page.locator("[data-row]").first();
  const key = await row.getAttribute("data-item");
  await row.hover();
  await row.locator('a.quick[href$="field=labels"]').click();
  await page.locator('[name="labels"]').fill("no script");
  await page.locator('main button[type="submit"]').click();
  assert.ok(page.url().includes("/p/RIDE/list?category=open"), page.url());
  await page.locator(`#row-${key}`, { hasText: "no script" }).waitFor();
});

test("Markdown has buttons and a preview", async () => {
  const page = await signedIn("tom");
  await page.goto("/RIDE-30");
  const form = page.locator('form[action="/do/add-comment"]');
  const area = form.locator("textarea");
  await area.fill("word");
  await area.press("Control+a");
  await form.locator("md-bold").click();
  assert.equal(await area.inputValue(), "**word**");
  await form.getByRole("button", { name: "Preview" }).click();
  await form.locator(".preview strong", { hasText: "word" }).waitFor();
  await assertAccessible(page);
  await form.getByRole("button", { name: "Write on" }).click();
  assert.equal(await area.inputValue(), "**word**");
  assert.deepEqual(page.troubles, []);
});

test("what was refused keeps every word", async () => {
  const page = await signedIn("tom");
  await page.goto("/RIDE-30");
  await page.keyboard.press("e");
  const form = page.locator('form[action="/do/edit-work-item"]').first();
  await form.locator('textarea[name="body"]').fill("A long text that took an hour");
  await form.locator('input[name="parent"]').fill("RIDE-99999");
  await form.locator('button[type="submit"]:not([name])').click();
  await form.locator(".refused", { hasText: "There is no" }).waitFor();
  assert.equal(await form.locator('textarea[name="body"]').inputValue(), "A long text that took an hour");
  await form.locator('input[name="parent"]').fill("");
  await form.locator('button[type="submit"]:not([name])').click();
  await page.locator(".prose", { hasText: "took an hour" }).first().waitFor();
  await page.keyboard.press("e");
  assert.equal(await page.locator(".restored").count(), 0, "what was sent is no draft any more");
});

test("what was not sent in a small form is not sent by the whole one", async () => {
  const page = await signedIn("tom");
  await page.goto("/RIDE-32");
  await page.keyboard.press("l");
  const labels = page.locator('dialog input[name="labels"]');
  await labels.fill("not meant");
  await page.waitForTimeout(400);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.reload();
  await page.keyboard.press("e");
  const whole = page.locator('form[action="/do/edit-work-item"]').first();
  await whole.locator('textarea[name="body"]').waitFor();
  assert.notEqual(await whole.locator('input[name="labels"]').inputValue(), "not meant");
  await page.keyboard.press("Escape");
  await page.goto("/RIDE-32");
  await page.keyboard.press("l");
  await page.locator(".restored").waitFor();
  assert.equal(await labels.inputValue(), "not meant", "nothing typed is lost");
  await page.locator(".restored button").click();
  assert.deepEqual(page.troubles, []);
});

test("w on a row brings its path to why in sight", async () => {
  const page = await signedIn("tom");
  await page.goto("/p/RIDE/backlog");
  await page.keyboard.press("j");
  await page.keyboard.press("w");
  const path = page.locator("#peek .rail-title");
  await path.waitFor();
  await page.waitForFunction(() => {
    const title = document.querySelector("#peek .rail-title").getBoundingClientRect();
    return title.top >= 0 && title.top < innerHeight / 2;
  });
  assert.deepEqual(page.troubles, []);
});

test("a lost connection and a closed tab keep what was typed", async () => {
  const page = await signedIn("tom");
  await page.goto("/RIDE-31");
  const form = page.locator('form[action="/do/add-comment"]');
  await form.locator("textarea").fill("Typed in a tunnel");
  await page.context().setOffline(true);
  await form.locator('button[type="submit"]:not([name])').click();
  await page.getByText("the server cannot be reached").waitFor();
  assert.equal(await form.locator("textarea").inputValue(), "Typed in a tunnel");
  await page.context().setOffline(false);
  await page.goto("/p/RIDE/backlog");
  await page.goto("/RIDE-31");
  await page.getByText("Brought back what you had typed").first().waitFor();
  assert.equal(await form.locator("textarea").inputValue(), "Typed in a tunnel");
  await form.locator('button[type="submit"]:not([name])').click();
  await page.locator(".comment", { hasText: "Typed in a tunnel" }).waitFor();
  await page.reload();
  assert.equal(await form.locator("textarea").inputValue(), "");
});

test("a session that ended while typing costs nothing", async () => {
  const page = await signedIn("mei");
  await page.goto("/RIDE-32");
  const form = page.locator('form[action="/do/add-comment"]');
  await form.locator("textarea").fill("Written as the session ended");
  await page.context().clearCookies();
  await form.locator('button[type="submit"]:not([name])').click();
  await page.waitForURL(/\/login/);
  const { email, password } = person("mei");
  await page.locator('input[name="email"]').fill(email);
  await page.locator('input[name="password"]').fill(password);
  await page.locator('[type="submit"]').click();
  await page.waitForURL(/\/RIDE-32$/);
  await page.getByText("Brought back what you had typed").first().waitFor();
  assert.equal(await form.locator("textarea").inputValue(), "Written as the session ended");
});
