// A board of two thousand cards: it opens, a card follows the hand, and lands before the server has answered.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, logIn, openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";

const CARDS = 2000;

let server;
let browser;
let page;

before(async () => {
  server = await startServer("demo");
  browser = await launch();
  page = await openPage(browser, server);
  await logIn(page, server.logins.find(({ email }) => email.startsWith("priya")));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Asks the API from the page, as whoever is signed in. */
function ask(path, body) {
  return page.evaluate(
    async ([path, body]) => {
      const form = new URLSearchParams(body);
      const answer = await fetch(path, { method: "POST", body: form, headers: { accept: "application/json" } });
      return answer.status;
    },
    [path, body],
  );
}

test("what is ticked on the board is changed from the bar, at a desk and on a phone", async () => {
  const phone = await openPage(browser, server, { look: "phone" });
  await logIn(phone, server.logins.find(({ email }) => email.startsWith("mei")));
  for (const [shown, label] of [[page, "ticked-at-a-desk"], [phone, "ticked-on-a-phone"]]) {
    await shown.goto("/p/RIDE/board");
    const bar = shown.locator("form.bulk");
    assert.ok(await bar.isHidden(), "nothing is ticked yet");
    const cards = shown.locator(".board-column").first().locator(".card");
    const keys = [];
    for (const n of [0, 1]) {
      keys.push(await cards.nth(n).getAttribute("data-item"));
      await cards.nth(n).locator('input[name="items"]').check();
    }
    await bar.getByText("2 selected").waitFor();
    const { width } = shown.viewportSize();
    const { x, width: wide } = await bar.boundingBox();
    assert.ok(x >= 0 && x + wide <= width, "the bar is in sight");
    await bar.locator('input[name="add_label"]').fill(label);
    await bar.getByRole("button", { name: "Change the selected" }).click();
    await shown.locator(".toast", { hasText: "2 items changed" }).waitFor();
    assert.equal(new URL(shown.url()).pathname, "/p/RIDE/board");
    for (const key of keys) await shown.locator(`#row-${key}`, { hasText: label }).waitFor();
    assert.ok(await bar.isHidden(), "nothing is ticked any more");
    assert.deepEqual(shown.troubles, []);
  }
  await phone.context().close();
});

test("two thousand cards are on one board, and one of them is dragged at once", async () => {
  await page.goto("/");
  assert.ok((await ask("/do/create-product", { key: "MANY", name: "Many" })) < 400);
  for (let n = 0; n < CARDS; n += 100) {
    const some = Array.from({ length: 100 }, (_, k) =>
      ask("/do/create-work-item", {
        product: "MANY",
        title: `Card ${n + k}, whose title is as long as titles are where people say what they want`,
        state: ["Backlog", "Ready", "In progress"][(n + k) % 3],
        points: String((n + k) % 8),
      }),
    );
    for (const status of await Promise.all(some)) assert.ok(status < 400);
  }
  const begun = Date.now();
  await page.goto("/p/MANY/board?cards=1000");
  await page.waitForLoadState("networkidle");
  const opened = Date.now() - begun;
  const shown = await page.locator(".card").count();
  assert.equal(shown, CARDS, "all cards are on the board");

  // Frames while the hand moves: how long the longest took to come.
  const start = await page.locator(".board-column").nth(0).locator(".card").nth(1).boundingBox();
  const end = await page.locator(".board-column").nth(2).locator(".card").nth(3).boundingBox();
  const key = await page.locator(".board-column").nth(0).locator(".card").nth(1).getAttribute("data-item");
  await page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const next = (now) => {
      window.frames_.push(now - last);
      last = now;
      if (window.frames_) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await page.mouse.move(start.x + 30, start.y + 20);
  await page.mouse.down();
  await page.evaluate(() => (window.frames_.length = 0));
  for (let step = 1; step <= 40; step += 1) {
    const part = step / 40;
    await page.mouse.move(start.x + 30 + (end.x - start.x) * part, start.y + 20 + (end.y + 30 - start.y) * part);
    await page.waitForTimeout(16);
  }
  const frames = await page.evaluate(() => window.frames_.slice());
  frames.sort((a, b) => a - b);
  const told = { opened, frames: frames.length, median: Math.round(frames[frames.length >> 1]), longest: Math.round(frames.at(-1)) };
  console.log(`board of ${CARDS} cards, in ms: ${JSON.stringify(told)}`);
  assert.ok(frames.length > 20, "frames were drawn while the hand moved");

  // The card lies where the hand left it before the server has said anything.
  let answer;
  const asked = new Promise((resolve) => {
    const held = new Promise((release) => (answer = release));
    page.route("**/move*", async (route) => {
      resolve();
      await held;
      await route.continue();
    });
  });
  await page.mouse.up();
  await asked;
  assert.ok(await page.locator(`.board-column:nth-child(3) #row-${key}`).count(), "it lies where it was dropped");
  answer();
  await page.locator(".toast", { hasText: "Moved" }).first().waitFor({ timeout: 30_000 });
  await page.reload();
  assert.ok(await page.locator(`.board-column:nth-child(3) #row-${key}`).count(), "it stays where it was put");
  assert.deepEqual(page.troubles, []);
});
