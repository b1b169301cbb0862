// Files and pages: attaching by choosing, dropping and pasting, what is shown and what is not, without
// scripts too; and a handbook that two people write at once.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, logIn, openPage } from "../lib/browser.mjs";
import { assertAccessible, assertFits } from "../lib/checks.mjs";
import { startDemo } from "../lib/server.mjs";

// One red dot.
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==",
  "base64",
);

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

/** Pastes or drops files onto an element, as a browser would tell of it. */
function give(page, selector, kind, files) {
  return page.locator(selector).evaluate(
    (element, [kind, files]) => {
      const data = new DataTransfer();
      for (const { name, type, bytes } of files) {
        data.items.add(new File([new Uint8Array(bytes)], name, { type }));
      }
      const way = kind === "paste" ? { clipboardData: data } : { dataTransfer: data };
      const event =
        kind === "paste"
          ? new ClipboardEvent("paste", { ...way, bubbles: true, cancelable: true })
          : new DragEvent("drop", { ...way, bubbles: true, cancelable: true });
      element.dispatchEvent(event);
    },
    [kind, files],
  );
}

const picture = (name) => ({ name, type: "image/png", bytes: [...PNG] });

test("files are chosen, dropped, renamed, removed and brought back", async () => {
  const page = await signedIn("tom");
  const other = await signedIn("ana");
  await page.goto("/RIDE-30");
  await other.goto("/RIDE-30");
  await page.locator(".attach input[type=file]").setInputFiles([
    { name: "plan.txt", mimeType: "text/plain", buffer: Buffer.from("First line\nSecond line\n") },
    { name: "sums.csv", mimeType: "text/csv", buffer: Buffer.from("fare;calls\nday;12\nweek;31\n") },
  ]);
  await page.locator(".file", { hasText: "plan.txt" }).getByText("Second line").waitFor();
  await page.locator(".file", { hasText: "sums.csv" }).getByRole("cell", { name: "week" }).waitFor();
  // The others see it without doing anything.
  await other.locator(".file", { hasText: "sums.csv" }).waitFor();

  await give(page, "main", "drop", [picture("shot.png")]);
  const card = page.locator(".file", { hasText: "shot.png" });
  await card.locator("img").waitFor();
  assert.ok(await card.locator("img").evaluate((img) => img.decode().then(() => img.naturalWidth === 1)));
  await assertAccessible(page);
  await assertFits(page);

  await card.locator("summary").click();
  await card.locator('input[name="name"]').fill("screen.png");
  await card.getByRole("button", { name: "Rename" }).click();
  const renamed = page.locator(".file", { hasText: "screen.png" });
  await renamed.getByRole("button", { name: "Remove" }).click();
  await renamed.waitFor({ state: "detached" });
  await page.locator(".removed summary").click();
  await page.locator(".removed").getByRole("button", { name: "Restore" }).click();
  await renamed.waitFor();
  assert.deepEqual(page.troubles, []);
});

test("a pasted picture stands in the text, and a failure takes nothing of it", async () => {
  const page = await signedIn("tom");
  await page.goto("/RIDE-31");
  const area = page.locator("#comment-body");
  await area.fill("Before  after");
  await area.evaluate((field) => field.setSelectionRange(7, 7));
  await give(page, "#comment-body", "paste", [picture("seen.png")]);
  await page.waitForFunction(() => /seen\.png\]\(\/files\//.test(document.querySelector("#comment-body").value));
  // What is typed on goes behind the picture and does not take its place.
  await area.press("!");
  assert.match(await area.inputValue(), /^Before !\[seen\.png\]\(\/files\/[0-9a-f-]{36}\)! after$/);
  await page.locator('form[action="/do/add-comment"]').getByRole("button", { name: "Comment" }).click();
  const shown = page.locator(".comment img");
  await shown.waitFor();
  assert.ok(await shown.evaluate((img) => img.decode().then(() => img.naturalWidth === 1)));

  // Too large, and then stopped: what was typed stays.
  await area.fill("Typed words");
  await give(page, "#comment-body", "drop", [{ name: "empty.png", type: "image/png", bytes: [] }]);
  await page.locator(".toast.bad", { hasText: "empty.png" }).waitFor();
  assert.equal(await area.inputValue(), "Typed words");
  await page.route("**/files", () => {}, { times: 1 });
  await give(page, "#comment-body", "paste", [picture("slow.png")]);
  const line = page.locator(".upload", { hasText: "slow.png" });
  await line.waitFor();
  await page.locator('form[action="/do/add-comment"]').getByRole("button", { name: "Comment" }).click();
  await page.locator(".toast", { hasText: "still being attached" }).waitFor();
  await line.getByRole("button").click();
  await line.waitFor({ state: "detached" });
  assert.equal(await area.inputValue(), "Typed words");
});

test("what a browser could run is never shown", async () => {
  const page = await signedIn("tom");
  await page.goto("/RIDE-32");
  const evil = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>document.title="run"</script></svg>';
  await page.locator(".attach input[type=file]").setInputFiles([
    { name: "logo.svg", mimeType: "image/svg+xml", buffer: Buffer.from(evil) },
    { name: "page.png", mimeType: "image/png", buffer: Buffer.from(`<!doctype html>${evil}`) },
  ]);
  for (const name of ["logo.svg", "page.png"]) {
    const card = page.locator(".file", { hasText: name });
    await card.waitFor();
    assert.equal(await card.locator("img").count(), 0, name);
    const download = page.waitForEvent("download");
    await card.locator(".file-name").click();
    assert.equal((await download).suggestedFilename(), name);
  }
});

test("a text and a PDF open in the browser, closed off", async () => {
  const page = await signedIn("mei");
  await page.goto("/p/RIDE/epics");
  const answer = await page.request.get("/api/v1/attachments?on=RIDE", { failOnStatusCode: false });
  assert.equal(answer.status(), 401, "the API wants a token");
  await page.goto("/p/RIDE/files");
  const href = await page.locator(".file .file-name").first().getAttribute("href");
  const got = await page.request.get(href);
  assert.equal(got.headers()["content-type"], "image/png");
  assert.match(got.headers()["content-security-policy"], /sandbox/);
  assert.equal(got.headers()["x-content-type-options"], "nosniff");
});

test("without scripts a form attaches", async () => {
  const page = await signedIn("tom", { javaScriptEnabled: false });
  await page.goto("/RIDE-33");
  await page.locator(".attach input[type=file]").setInputFiles([
    { name: "plain.txt", mimeType: "text/plain", buffer: Buffer.from("Without scripts") },
  ]);
  await page.locator(".attach").getByRole("button", { name: "Attach", exact: true }).click();
  await page.locator(".file", { hasText: "plain.txt" }).getByText("Without scripts").waitFor();
  assert.ok(page.url().endsWith("/RIDE-33#files"), page.url());
});

test("a handbook is written by keys, and two people edit it at once", async () => {
  const page = await signedIn("mei");
  await page.goto("/p/RIDE/pages");
  await page.locator(".doc-tree").getByText("How we answer support").waitFor();
  await assertAccessible(page);
  await page.keyboard.press("c");
  await page.locator('form[action="/do/write-page"] [name="title"]').fill("On call");
  await page
    .locator('form[action="/do/write-page"] textarea')
    .fill("One: see RIDE-30\n\nTwo\n\nThree");
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.locator("h1", { hasText: "On call" }).waitFor();
  const key = new URL(page.url()).pathname;

  const other = await signedIn("ana");
  await other.goto(key);
  for (const [who, from, to] of [
    [page, "One: see RIDE-30", "One: see RIDE-30 and RIDE-31"],
    [other, "Three", "Three, last"],
  ]) {
    await who.keyboard.press("e");
    const area = who.locator("#edit-body");
    await area.waitFor();
    await area.fill((await area.inputValue()).replace(from, to));
  }
  await page.locator('form[action="/do/edit-page"]').getByRole("button", { name: "Save" }).click();
  await page.locator(".doc", { hasText: "RIDE-31" }).waitFor();
  await other.locator('form[action="/do/edit-page"]').getByRole("button", { name: "Save" }).click();
  await other.locator(".doc", { hasText: "Three, last" }).waitFor();
  await other.locator(".doc", { hasText: "RIDE-31" }).waitFor();
  // The first one sees both, live.
  await page.locator(".doc", { hasText: "Three, last" }).waitFor();
  await assertAccessible(page);
  await assertFits(page);

  await page.goto("/RIDE-30");
  await page.getByRole("heading", { name: "Linked from" }).waitFor();
  await page.getByRole("link", { name: "On call" }).first().waitFor();
  assert.deepEqual(page.troubles, []);
});
