// Planning in a browser: a tree that unfolds and is rearranged by hand and by key, ends of bars and days
// of a calendar that are moved, what is new and is looked at, and one's own work; each without scripts, too.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, logIn, openPage } from "../lib/browser.mjs";
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

async function enter(name, more) {
  const page = await openPage(browser, server, more);
  await logIn(page, person(name));
  return page;
}

/** Makes something through the API, as whoever is signed in. */
function make(page, action, fields) {
  return page.evaluate(
    async ([action, fields]) => {
      const body = new URLSearchParams(fields);
      const answer = await fetch(`/do/${action}`, { method: "POST", body, redirect: "manual" });
      return answer.type === "opaqueredirect" || answer.ok;
    },
    [action, fields],
  );
}

/** The key of the item with that title. */
async function keyOf(page, title) {
  const answer = await page.evaluate(async (q) => (await fetch(`/search.json?q=${encodeURIComponent(q)}`)).json(), title);
  const found = answer.results.find((r) => r.title === title);
  assert.ok(found, `${title} is found`);
  return found.key;
}

test("signing in leads to one's own work", async () => {
  const page = await enter("ana");
  assert.equal(new URL(page.url()).pathname, "/my-work");
  await page.getByRole("heading", { name: "My work" }).waitFor();
  const nav = page.locator("details.nav a", { hasText: "My work" });
  assert.equal(await nav.count(), 1);
  await page.goto("/p/RIDE/backlog");
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await page.waitForURL("**/my-work");
  // Back by the key of a page of the product that was looked at last, and on by a word with a slip in it.
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await page.waitForURL("**/p/RIDE/backlog");
  await page.keyboard.press("Control+k");
  await page.locator("dialog#palette input").fill("roadmpa");
  await page.locator("#palette-list li", { hasText: "Roadmap" }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/p/RIDE/roadmap");
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("a tree unfolds, and its rows move by hand and by key", async () => {
  const page = await enter("ana");
  for (const title of ["First harbour", "Second harbour"]) {
    assert.ok(await make(page, "create-work-item", { product: "RIDE", title, level: "epic" }));
  }
  const [first, second] = [await keyOf(page, "First harbour"), await keyOf(page, "Second harbour")];
  assert.ok(await make(page, "create-work-item", { product: "RIDE", title: "A quay to move", parent: first }));
  const quay = await keyOf(page, "A quay to move");
  const open = `/p/RIDE/work-tree?open=${first}.${second}`;
  await page.goto(open);
  const row = (key) => page.locator(`.tree [data-item="${key}"]`);
  assert.equal(await row(quay).getAttribute("data-under"), first);

  // By hand: onto the middle of the other epic.
  await row(quay).scrollIntoViewIfNeeded();
  await Promise.all([
    page.waitForResponse((r) => r.url().includes("/move?work-tree") && r.status() === 204),
    row(quay).dragTo(row(second), { sourcePosition: { x: 200, y: 8 } }),
  ]);
  await page.locator(`.tree [data-item="${quay}"][data-under="${second}"]`).waitFor();

  // By key: out of the branch, which makes it stand under no epic.
  await row(quay).locator("a.title").focus();
  await Promise.all([
    page.waitForResponse((r) => r.url().includes("/move?work-tree") && r.status() === 204),
    page.keyboard.press("Alt+ArrowLeft"),
  ]);
  await row(quay).waitFor({ state: "detached" });
  await page.getByRole("link", { name: "What stands under no epic" }).click();
  await row(quay).waitFor();

  // Folding is a link: it works without scripts and stands in the address.
  const plain = await enter("ana", { javaScriptEnabled: false });
  await plain.goto(`/p/RIDE/work-tree?under=none`);
  await plain.locator(`[data-item="${quay}"]`).hover();
  await plain.locator(`[data-item="${quay}"] a`, { hasText: "part of" }).click();
  await plain.locator('input[name="parent"]').fill(first);
  await plain.getByRole("button", { name: "Set" }).click();
  await plain.goto("/p/RIDE/work-tree?open=-");
  assert.equal(await plain.locator(`[data-item="${quay}"]`).count(), 0);
  const epic = plain.locator(`[data-item="${first}"] a.fold`);
  assert.equal(await epic.getAttribute("aria-expanded"), "false");
  await epic.click();
  await plain.locator(`[data-item="${quay}"]`).waitFor();
  assert.deepEqual(page.troubles, []);
  await plain.context().close();
  await page.context().close();
});

test("days are moved on the timeline and in the calendar, by hand, by key and by a form", async () => {
  const page = await enter("ana");
  const today = new Date().toISOString().slice(0, 10);
  const shift = (days) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
  const title = "Paint the harbour";
  assert.ok(await make(page, "create-work-item", { product: "RIDE", title, assignee: "me", labels: "harbour", due: shift(10) }));
  const key = await keyOf(page, title);
  await page.goto("/p/RIDE/timeline?zoom=week&label=harbour");
  const bar = page.locator(`[data-item="${key}"]`);
  assert.equal(await bar.getAttribute("data-ends"), shift(10));
  await bar.focus();
  await Promise.all([page.waitForResponse((r) => r.url().includes("/do/edit-work-item")), page.keyboard.press("Alt+Shift+ArrowRight")]);
  await page.locator(`[data-item="${key}"][data-ends="${shift(17)}"]`).waitFor();

  const grip = bar.locator('[data-part="end"]');
  const box = await grip.boundingBox();
  const day = Number(await page.locator("svg.timeline").getAttribute("data-day"));
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 - day * 3, box.y + box.height / 2, { steps: 6 });
  await Promise.all([page.waitForResponse((r) => r.url().includes("/do/edit-work-item")), page.mouse.up()]);
  await page.locator(`[data-item="${key}"][data-ends="${shift(14)}"]`).waitFor();

  await page.goto(`/p/RIDE/calendar?label=harbour&view=week&day=${shift(14)}`);
  const chip = page.locator(`.chip-item[data-item="${key}"]`);
  assert.equal(await chip.locator("xpath=ancestor::li[@data-day]").getAttribute("data-day"), shift(14));
  const other = page.locator(".day").filter({ hasNot: chip }).first();
  const to = await other.getAttribute("data-day");
  await Promise.all([page.waitForResponse((r) => r.url().includes("/do/edit-work-item")), chip.dragTo(other)]);
  await page.locator(`[data-day="${to}"] [data-item="${key}"]`).waitFor();

  const plain = await enter("ana", { javaScriptEnabled: false });
  await plain.goto(`/p/RIDE/calendar?label=harbour&day=${to}`);
  await plain.locator(`[data-item="${key}"]`).hover();
  await plain.locator(`[data-item="${key}"] a.quick`).click();
  await plain.locator('input[name="due"]').fill(shift(3));
  await plain.getByRole("button", { name: "Set" }).click();
  await page.goto("/my-work");
  await page.locator("section", { hasText: "Due soon" }).getByText(title).first().waitFor();
  assert.deepEqual(page.troubles, []);
  await plain.context().close();
  await page.context().close();
});

test("an item is followed and copied, by key and without scripts, and who follows hears of it", async () => {
  const page = await enter("mei");
  const title = "A lamp on the pier";
  assert.ok(await make(page, "create-work-item", { product: "RIDE", title }));
  const key = await keyOf(page, title);
  await page.goto(`/${key}`);
  await page.keyboard.press("f");
  await page.getByText("You follow this").waitFor();

  const plain = await enter("ana", { javaScriptEnabled: false });
  await plain.goto(`/${key}`);
  await plain.locator("details.menu > summary", { hasText: "Copy" }).click();
  await plain.locator("#copy-title").fill("A lamp on the mole");
  await plain.locator('form[action="/do/copy-work-item"] button').click();
  await plain.getByRole("heading", { name: "A lamp on the mole", level: 1 }).waitFor();
  await plain.getByText("Copied.").waitFor();
  await plain.locator("main").getByRole("link", { name: new RegExp(key) }).first().click();
  await plain.locator("#comment-body").fill("Which of the two first?");
  await plain.getByRole("button", { name: "Comment" }).click();

  await page.goto("/notifications");
  const told = page.locator("ul.notices li", { hasText: "commented on what you follow:" }).first();
  await told.getByText("Which of the two first?").waitFor();
  await page.goto("/my-work");
  await page.locator("section", { hasText: "You follow" }).getByText(title).first().waitFor();

  await page.goto(`/${key}`);
  await page.keyboard.press("y");
  await page.locator("#copy-title:focus").fill("A lamp on the quay");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "A lamp on the quay", level: 1 }).waitFor();
  await page.keyboard.press("z");
  await page.getByText("This lies in the bin").waitFor();
  await page.goto("/p/RIDE/bin");
  await page.locator("main").getByText("A lamp on the quay").first().waitFor();
  await page.goto(`/${key}`);
  await page.keyboard.press("f");
  await page.getByText("You follow this").waitFor({ state: "detached" });
  assert.deepEqual(page.troubles, []);
  await plain.context().close();
  await page.context().close();
});

test("what a guest proposes waits, and is accepted, declined or put off by key", async () => {
  const guest = await enter("grace");
  await guest.goto("/p/RIDE/triage");
  await guest.keyboard.press("c");
  const form = guest.locator('form[action="/do/propose-work-item"]');
  await form.locator('[name="title"]').fill("A bench at every quay");
  await Promise.all([
    guest.waitForResponse((r) => r.url().includes("/do/propose-work-item")),
    form.getByRole("button", { name: "Propose it" }).click(),
  ]);
  const asked = await keyOf(guest, "A bench at every quay");

  const page = await enter("ana");
  await page.goto(`/p/RIDE/triage?at=${asked}`);
  await page.getByRole("heading", { name: /A bench at every quay/ }).waitFor();
  await page.keyboard.press("4");
  await page.locator('textarea[name="because"]').fill("There is no room for benches.");
  await Promise.all([
    page.waitForResponse((r) => r.url().includes("/do/triage-work-item")),
    page.getByRole("button", { name: "Decline" }).last().click(),
  ]);
  await page.getByText("A bench at every quay").waitFor({ state: "detached" });
  await guest.goto("/notifications");
  await guest.getByText("There is no room for benches.").waitFor();

  // The next one is taken as it stands.
  await page.goto("/p/RIDE/triage");
  const first = page.locator("article.triage h2 .key");
  const key = await first.textContent();
  await Promise.all([
    page.waitForResponse((r) => r.url().includes("/do/triage-work-item")),
    page.keyboard.press("1"),
  ]);
  await page.waitForFunction((key) => document.querySelector("article.triage h2 .key")?.textContent !== key, key);
  assert.deepEqual(page.troubles, []);
  await page.context().close();
  await guest.context().close();
});
