// What a product asks of its items, and what they are made from: fields defined, filled in, found and
// taken over from an import; a template; a checklist ticked off by keyboard while another browser sees it;
// what waits for what; the same without scripts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, logIn, openPage } from "../lib/browser.mjs";
import { assertLooksRight } from "../lib/checks.mjs";
import { startDemo } from "../lib/server.mjs";

let server;
let browser;
let mei;
const made = {};
const person = (name) => server.logins.find(({ email }) => email.startsWith(name));

before(async () => {
  server = await startDemo();
  browser = await launch();
  mei = await openPage(browser, server);
  await logIn(mei, person("mei"));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Sends a form of the page after what fills it, and waits for the answer. */
async function press(page, action, form) {
  const button = form.locator('button[type="submit"], button:not([name]):not([type="button"])').last();
  await Promise.all([page.waitForResponse((r) => r.url().includes(`/do/${action}`)), button.click()]);
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => !document.documentElement.hasAttribute("aria-busy"));
}

/** Opens the menu of that name and gives the form in it. */
async function open(page, label, action) {
  await page.locator("details.menu > summary", { hasText: label }).first().click();
  const form = page.locator(`form[action="/do/${action}"]:visible`).first();
  await form.waitFor();
  return form;
}

test("the pages are right in light, in dark and on a phone", async () => {
  for (const [name, path] of Object.entries({
    fields: "/p/RIDE/fields",
    templates: "/p/RIDE/templates",
    new: "/p/RIDE/new",
    stale: "/p/RIDE/stale",
  })) {
    await assertLooksRight(mei, path, name);
  }
  await mei.setViewportSize({ width: 1280, height: 800 });
});

test("a field is defined and filled in on the page, in the quick form and on many at once", async () => {
  await mei.goto("/p/RIDE/fields");
  const form = await open(mei, "New field", "create-field");
  await form.locator('[name="name"]').fill("Effort of the rollout");
  await form.locator('[name="kind"]').selectOption("choice");
  await form.locator('[name="options"]').fill("Small\nLarge");
  await form.locator('[name="on_card"][type="checkbox"]').check();
  await form.locator('[name="asked"][type="checkbox"]').check();
  await press(mei, "create-field", form);
  await mei.locator("main td", { hasText: "Effort of the rollout" }).waitFor();

  await mei.goto("/p/RIDE/new");
  const whole = mei.locator('form[action="/do/create-work-item"]').last();
  await whole.locator("#whole-title").fill("As an agent, I want to see the rollout, so that nobody is surprised.");
  await whole.locator('[name="fields.Effort of the rollout"]').selectOption("Large");
  await whole.locator('[name="fields.Regions"][value="North"]').check();
  await whole.locator('[name="fields.Regions"][value="Coast"]').check();
  await whole.locator("#whole-subtasks").fill("Ask support\nWrite it down");
  await press(mei, "create-work-item", whole);
  await mei.waitForURL(/RIDE-\d+$/);
  made.key = new URL(mei.url()).pathname.slice(1);
  await mei.locator(".subtasks h2", { hasText: "0/2" }).waitFor();
  const text = await mei.locator("main").innerText();
  assert.match(text, /Large/);
  assert.match(text, /North,\s+Coast/);
  assert.match(text, /As a\s+agent/i, "the story is shown in its usual form");
  assert.match(text, /0\/2/);

  await mei.locator("dl.props a.quick", { hasText: "Large" }).click();
  const quick = mei.locator('dialog form[action="/do/edit-work-item"]');
  await quick.locator('[name="set_fields.Effort of the rollout"]').selectOption("Small");
  await press(mei, "edit-work-item", quick);
  await mei.locator("dl.props", { hasText: "Small" }).waitFor();
  assert.match(await mei.locator(".log-part").innerText(), /Effort of the rollout \(Large → Small\)/);

  await mei.goto("/p/RIDE/board");
  await mei.locator(`#row-${made.key}`, { hasText: "Effort of the rollout: Small" }).waitFor();
});

test("a checklist is added to and ticked off by keyboard, and another browser sees it", async () => {
  const tom = await openPage(browser, server);
  await logIn(tom, person("tom"));
  await tom.goto(`/${made.key}`);
  await tom.evaluate(() => (window.marked = true));
  await mei.goto(`/${made.key}`);
  for (const title of ["Try it", "Tell everybody"]) {
    await mei.locator("#add-subtask").fill(title);
    await Promise.all([mei.waitForResponse((r) => r.url().includes("/do/add-subtasks")), mei.keyboard.press("Enter")]);
    await mei.locator(".subtasks .row", { hasText: title }).waitFor();
  }
  await mei.getByRole("button", { name: "Tick off: Try it" }).focus();
  await Promise.all([mei.waitForResponse((r) => r.url().includes("/do/tick-subtask")), mei.keyboard.press("Enter")]);
  await tom.locator(".subtasks h2", { hasText: "1/4" }).waitFor();
  assert.ok(await tom.evaluate(() => window.marked), "without loading the page anew");
  await mei.goto(`/${made.key}/acceptance`);
  assert.match(await mei.locator("main").innerText(), /3 of its sub-tasks are open/);
  await tom.context().close();
});

test("what waits for something says so on its page and on its card", async () => {
  await mei.goto("/p/RIDE/new");
  await mei.locator("#whole-title").fill("The bank answers");
  await press(mei, "create-work-item", mei.locator('form[action="/do/create-work-item"]').last());
  await mei.waitForURL(/RIDE-\d+$/);
  const bank = new URL(mei.url()).pathname.slice(1);
  await mei.goto(`/${made.key}`);
  const form = await open(mei, "Add a dependency", "add-link");
  await form.locator('[name="kind"]').selectOption("blocked-by");
  await form.locator('[name="to"]').fill(bank);
  await press(mei, "add-link", form);
  await mei.locator("main", { hasText: "It waits for" }).waitFor();
  const text = await mei.locator("main").innerText();
  assert.match(text, new RegExp(`Is blocked by\\s+${bank}`));
  await mei.goto("/p/RIDE/board");
  await mei.locator(`#row-${made.key} .blocked`, { hasText: bank }).waitFor();
});

test("an item is made from a template that was chosen with c", async () => {
  await mei.goto("/p/RIDE/backlog");
  await mei.keyboard.press("c");
  await mei.locator(".choose a:visible", { hasText: "Bug report" }).first().click();
  await mei.locator("#whole-body").waitFor();
  assert.match(await mei.locator("#whole-body").inputValue(), /What happened/);
  await mei.locator("#whole-title").fill("The map is upside down");
  await press(mei, "create-work-item", mei.locator('form[action="/do/create-work-item"]').last());
  await mei.waitForURL(/RIDE-\d+$/);
  await mei.locator("main", { hasText: "It cannot be seen any more" }).waitFor();
  const text = await mei.locator("main").innerText();
  assert.match(text, /How bad/);
});

test("a column of an import becomes a field, and what does not fit is shown first", async () => {
  await mei.goto("/");
  const csv = "Issue key,Summary,Status,Custom field (Callers)\nX-1,One,To Do,3\nX-2,Two,To Do,many\n";
  const answer = await mei.evaluate(async (text) => {
    const send = (path, body) => fetch(path, { method: "POST", body: new URLSearchParams(body), headers: { accept: "application/json" } });
    await send("/do/create-product", { key: "MOVED", name: "Moved here" });
    return (await send("/do/upload-import", { product: "MOVED", file: "x.csv", text })).status;
  }, csv);
  assert.ok(answer < 400);
  await mei.goto("/p/MOVED/import");
  await mei.locator("main a[data-row-link]").first().click();
  await mei.locator('button[value="apply"]').first().click();
  await mei.locator("main", { hasText: "Imported." }).waitFor();
  await mei.goto("/p/MOVED/fields");
  await mei.getByRole("link", { name: "Make it a field" }).first().click();
  await mei.locator('select[name="kind"]').selectOption("number");
  await mei.locator("main", { hasText: "“many” is not a number" }).waitFor();
  await press(mei, "create-field", mei.locator('form[action="/do/create-field"]'));
  await mei.locator("main td", { hasText: "Callers" }).waitFor();
  await mei.goto("/X-2");
  assert.match(await mei.locator("dl.props").innerText(), /many\s+does not fit/i);
});

test("fields and checklists work without scripts", async () => {
  const page = await openPage(browser, server, { javaScriptEnabled: false });
  await logIn(page, person("ana"));
  await page.goto(`/${made.key}`);
  await page.locator("dl.props a.quick", { hasText: "Small" }).click();
  await page.locator('[name="set_fields.Effort of the rollout"]').selectOption("Large");
  await page.getByRole("button", { name: "Set" }).click();
  assert.match(await page.locator("dl.props").innerText(), /Large/);
  await page.locator("#add-subtask").fill("By hand");
  await page.locator(".add-line button").click();
  assert.match(await page.locator(".subtasks").innerText(), /By hand/);
  await page.getByRole("button", { name: "Tick off: By hand" }).click();
  await page.getByRole("button", { name: "Open it again: By hand" }).waitFor();
  await page.context().close();
});
