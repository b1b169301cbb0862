// Two people on one product: each sees the other's changes without losing the place, and nobody's
// page fetches what its own person did.

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

async function signedIn(name) {
  const page = await openPage(browser, server);
  await logIn(page, person(name));
  return page;
}

/** Adds an item through the backlog's own form. */
async function add(page, title) {
  await page.keyboard.press("c");
  const form = page.locator('form[action="/do/create-work-item"]');
  await form.locator('input[name="title"]').fill(title);
  await form.locator('button[type="submit"]:not([name])').click();
  await page.locator(".toast", { hasText: "Added" }).waitFor();
}

test("somebody else's change arrives without moving the page under the reader", async () => {
  const [ana, tom] = [await signedIn("ana"), await signedIn("tom")];
  await ana.goto("/p/RIDE/backlog");
  await tom.goto("/p/RIDE/backlog");
  // Tom is in the middle of things: scrolled, with a form open and text in it, and the caret there.
  await tom.keyboard.press("c");
  const title = tom.locator('form[action="/do/create-work-item"] input[name="title"]');
  await title.fill("Half a thought");
  await tom.evaluate(() => window.scrollTo(0, 400));
  const before = await tom.evaluate(() => window.scrollY);
  assert.ok(before > 100, "the backlog is long enough to scroll");

  const key = await ana.locator("[data-row]").first().getAttribute("data-item");
  await ana.locator("[data-row] [data-row-link]").first().focus();
  await ana.keyboard.press("p");
  await ana.locator('#quick input[name="priority"]').fill("Most urgent");
  await ana.keyboard.press("Enter");
  await tom.locator(`#row-${key}`, { hasText: "Most urgent" }).waitFor();

  assert.equal(await tom.evaluate(() => window.scrollY), before, "the page was scrolled");
  assert.equal(await title.inputValue(), "Half a thought");
  assert.ok(await title.isVisible(), "the form was closed");
  assert.equal(await tom.evaluate(() => document.activeElement.name), "title");
  assert.deepEqual(tom.troubles, []);
});

test("the row in hand, the ticked boxes and the peek panel stay", async () => {
  const [ana, tom] = [await signedIn("ana"), await signedIn("tom")];
  await ana.goto("/p/RIDE/backlog");
  await tom.goto("/p/RIDE/backlog");
  const rows = tom.locator("[data-row]");
  await rows.nth(2).locator("[data-row-link]").click();
  await tom.locator("#peek article").waitFor();
  const peeked = await tom.locator("#peek .peek-head h2").innerText();
  await rows.nth(3).locator("[data-row-link]").focus();
  await tom.keyboard.press("x");
  const held = await rows.nth(3).getAttribute("data-item");

  await add(ana, "Seen by the other");
  // It stands at the end; the count in the navigation is what both can see.
  const count = await ana.locator('nav a[href="/p/RIDE/backlog"] b').first().innerText();
  await tom.waitForFunction(
    (wanted) => document.querySelector('nav a[href="/p/RIDE/backlog"] b')?.textContent === wanted,
    count,
  );
  assert.equal(await tom.locator("#peek .peek-head h2").innerText(), peeked);
  assert.ok(await tom.locator(`#row-${held} input[name="items"]`).isChecked());
  const focused = await tom.evaluate(
    () => document.activeElement.closest("[data-row]")?.dataset.item,
  );
  assert.equal(focused, held);
});

test("an open form in which nothing is typed becomes what others wrote; what is typed stays on what was read", async () => {
  const [ana, tom] = [await signedIn("ana"), await signedIn("tom")];
  const form = (page) => page.locator('form[action="/do/edit-work-item"]:has(#edit-body)');
  const open = async (page) => {
    await page.goto("/RIDE-36");
    await page.keyboard.press("e");
    await form(page).locator("#edit-body").waitFor();
  };
  const save = async (page) => {
    const answered = page.waitForResponse((r) => r.url().includes("/do/edit-work-item"));
    await form(page).getByRole("button", { name: "Save" }).click();
    return (await answered).status();
  };
  await open(tom);
  await open(ana);
  await form(ana).locator("#edit-title").fill("Titled by Ana");
  await form(ana).locator("#edit-body").fill("Said by Ana");
  assert.equal(await save(ana), 303);
  await tom.waitForFunction(() => document.querySelector("#edit-body").value === "Said by Ana");
  assert.equal(await form(tom).locator("#edit-title").inputValue(), "Titled by Ana", "the field with the caret too");
  await form(tom).locator("#edit-body").fill("Said by Ana and Tom");
  assert.equal(await save(tom), 303, "he saw what she wrote");
  await tom.locator(".toast", { hasText: "Saved" }).waitFor();

  await open(tom);
  await open(ana);
  await form(tom).locator("#edit-body").fill("Tom's own");
  await form(ana).locator("#edit-body").fill("Ana's own");
  assert.equal(await save(ana), 303);
  await tom.locator(".prose", { hasText: "Ana's own" }).waitFor();
  assert.equal(await form(tom).locator("#edit-body").inputValue(), "Tom's own");
  assert.equal(await save(tom), 409, "he did not see what she wrote");
});

test("one's own change is not fetched again", async () => {
  const tom = await signedIn("tom");
  await tom.goto("/p/RIDE/backlog");
  await tom.waitForLoadState("networkidle").catch(() => {});
  let fetched = 0;
  tom.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (request.method() === "GET" && pathname === "/p/RIDE/backlog") fetched += 1;
  });
  await add(tom, "Only mine");
  await tom.waitForTimeout(1500);
  assert.equal(fetched, 1, "the page after the form, and nothing after the echo");

  fetched = 0;
  await tom.locator("[data-row] [data-row-link]").first().focus();
  await tom.keyboard.press("Alt+ArrowDown");
  await tom.locator(".toast", { hasText: "Moved" }).waitFor();
  await tom.waitForTimeout(1500);
  assert.equal(fetched, 1, "a move is confirmed by one fetch");
});

test("a row is dragged to its place on the backlog and a card on the board", async () => {
  const tom = await signedIn("tom");
  await tom.goto("/p/RIDE/backlog");
  const order = () =>
    tom.locator("[data-row]").evaluateAll((rows) => rows.slice(0, 6).map((r) => r.dataset.item));
  const [first, second, third] = await order();
  await drag(tom, `#row-${first}`, `#row-${third}`);
  const dropped = await order();
  assert.notEqual(dropped[0], first, "the row was not taken along");
  assert.equal(dropped[0], second);
  await tom.locator(".toast", { hasText: "Moved" }).waitFor();
  await tom.reload();
  assert.deepEqual(await order(), dropped);

  await tom.goto("/p/RIDE/board");
  const columns = tom.locator(".board-column");
  const card = await columns.nth(0).locator("[data-item]").first().getAttribute("data-item");
  const target = await columns.nth(1).locator("[data-item]").first().getAttribute("data-item");
  await drag(tom, `#row-${card}`, `#row-${target}`);
  await tom.locator(".toast", { hasText: "Moved" }).waitFor();
  await tom.reload();
  assert.ok(await columns.nth(1).locator(`#row-${card}`).count(), "the card is in its new column");
});

/** Moves the mouse as a hand does: sortable lists look at the way, not only at its ends. */
async function drag(page, from, to) {
  const start = await page.locator(from).boundingBox();
  const end = await page.locator(to).boundingBox();
  await page.mouse.move(start.x + 6, start.y + start.height / 2);
  await page.mouse.down();
  await page.mouse.move(start.x + 12, start.y + start.height / 2 + 6, { steps: 4 });
  await page.mouse.move(end.x + 12, end.y + end.height * 0.8, { steps: 12 });
  await page.mouse.move(end.x + 14, end.y + end.height * 0.9, { steps: 4 });
  await page.mouse.up();
}

test("a form is sent, however many changes of others arrive", async () => {
  const [ana, tom] = [await signedIn("ana"), await signedIn("tom")];
  await ana.goto("/RIDE-33");
  await tom.goto("/RIDE-33");
  const busy = ana.evaluate(async () => {
    for (let n = 0; n < 20; n += 1) {
      const body = new URLSearchParams({ key: "RIDE-33", body: `Ana's ${n}` });
      await fetch("/do/add-comment", { method: "POST", body, redirect: "manual" });
      await new Promise((go) => setTimeout(go, 100));
    }
  });
  for (let n = 0; n < 5; n += 1) {
    const form = tom.locator('form[action="/do/add-comment"]');
    await form.locator("textarea").fill(`Tom's ${n}`);
    const answered = tom.waitForResponse((r) => r.url().includes("/do/add-comment"));
    await Promise.all([answered, form.getByRole("button", { name: "Comment" }).click()]);
    await tom.locator(".comment", { hasText: `Tom's ${n}` }).waitFor();
  }
  await busy;
  await tom.locator(".comment", { hasText: "Ana's 19" }).waitFor();
});

test("what is under way stays, and what others did meanwhile is shown after it", async () => {
  const [ana, tom] = [await signedIn("ana"), await signedIn("tom")];
  await ana.goto("/RIDE-34");
  await tom.goto("/RIDE-34");
  // A route that ends lets go of what it holds: these two stay.
  await tom.route("**/files", () => {});
  await tom.route("**/RIDE-34", async (route) => {
    await new Promise((go) => setTimeout(go, 1_000));
    await route.continue();
  });
  // The refresh is on its way when the upload begins.
  const fetched = tom.waitForRequest((request) => request.url().endsWith("/RIDE-34"));
  const form = ana.locator('form[action="/do/add-comment"]');
  await form.locator("textarea").fill("Said meanwhile");
  await form.getByRole("button", { name: "Comment" }).click();
  await fetched;
  const file = { name: "slow.txt", mimeType: "text/plain", buffer: Buffer.from("slow") };
  await tom.locator(".attach input[type=file]").setInputFiles([file]);
  const line = tom.locator(".upload", { hasText: "slow.txt" });
  await line.waitFor();
  await tom.waitForTimeout(2_000);
  assert.ok(await line.isVisible(), "the line is still there");
  assert.equal(await tom.locator(".comment", { hasText: "Said meanwhile" }).count(), 0);
  await line.getByRole("button").click();
  await tom.locator(".comment", { hasText: "Said meanwhile" }).waitFor();
});

test("Ctrl Enter sends what is written, and z takes it back after its message has left", async () => {
  const page = await signedIn("tom");
  await page.goto("/RIDE-35");
  const area = page.locator('form[action="/do/add-comment"] textarea');
  await area.fill("Sent by keys");
  await area.press("Control+Enter");
  const said = page.locator(".comment", { hasText: "Sent by keys" });
  await said.waitFor();
  await page.locator(".toast").first().getByRole("button", { name: "Close" }).click();
  await page.goto("/p/RIDE/backlog");
  await page.keyboard.press("z");
  await page.locator(".toast", { hasText: "Undone" }).waitFor();
  await page.goto("/RIDE-35");
  assert.equal(await said.count(), 0);
});
