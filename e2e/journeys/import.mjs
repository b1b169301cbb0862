// A team's backlog comes over: uploaded, looked at, mapped, imported in the background, reported;
// and the same without scripts.

import assert from "node:assert/strict";
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

/** An export of `count` issues whose keys begin with `front`. */
function exported(front, count) {
  const head =
    "Issue key,Issue id,Issue Type,Summary,Status,Assignee,Reporter,Labels,Sprint,Parent,Description,Comment,Attachment,Outward issue link (Blocks)";
  const epic = `${front}-1,1,Epic,Travel as a group,In Progress,Ana Ruiz,Zoe Young,,,,,,,`;
  const rows = Array.from({ length: count - 1 }, (_, at) => {
    const n = at + 2;
    const before = n > 2 ? `${front}-${n - 1}` : "";
    return [
      `${front}-${n}`,
      n,
      n % 5 === 0 ? "Bug" : "Story",
      `Seat ${n} beside the others`,
      n % 3 === 0 ? "Done" : "Waiting for a seat",
      n % 2 === 0 ? "Zoe Young" : "",
      "Zoe Young",
      "group",
      `Sprint ${n % 4}`,
      1,
      `*Why*: see ${front}-1`,
      `0${(n % 9) + 1}/Mar/26 9:00 AM;Zoe Young;Asked at the counter ${n}`,
      n === 2 ? "02/Mar/26 9:00 AM;Zoe Young;plan.png;https://files.example.com/plan.png" : "",
      before,
    ].join(",");
  });
  return Buffer.from([head, epic, ...rows].join("\n"));
}

/** Uploads a file and leaves the page of its preview open. */
async function upload(page, name, buffer) {
  await page.goto("/p/RIDE/import");
  await page.locator('input[type="file"]').setInputFiles({ name, mimeType: "text/csv", buffer });
  await page.getByRole("button", { name: "Upload and look" }).click();
  await page.waitForURL(/\/p\/RIDE\/import\/[0-9a-f-]+$/);
}

/** Presses a button of the preview and waits until the page that answers is there. */
async function press(page, name) {
  const answered = page.waitForResponse((answer) => answer.request().method() === "POST");
  await page.getByRole("button", { name }).click();
  await answered;
  await page.locator("form[data-sending]").waitFor({ state: "detached" });
}

test("a backlog is uploaded, mapped, imported and reported", async () => {
  const page = await openPage(browser, server);
  await logIn(page, person("priya"));
  await upload(page, "group.csv", exported("GRP", 400));
  await page.getByText("Nothing is imported yet").waitFor();
  const preview = new URL(page.url()).pathname;
  await assertLooksRight(page, preview, "import-preview");

  await page.getByLabel("State for Waiting for a seat").selectOption("new:backlog");
  await press(page, "Look again");
  assert.equal(await page.getByLabel("State for Waiting for a seat").inputValue(), "new:backlog");

  await press(page, "Import 400 items");
  // Progress can be left and returned to.
  await page.goto("/p/RIDE/backlog");
  await page.goto(preview);
  await page.getByText("Imported.").waitFor({ timeout: 30_000 });
  await assertLooksRight(page, preview, "import-report");
  await page.getByText("1 attached file").waitFor();

  await page.goto("/GRP-2");
  await page.getByText("Asked at the counter 2").first().waitFor();
  await page.getByRole("link", { name: "GRP-1", exact: true }).first().waitFor();

  await page.goto("/p/RIDE/import");
  await page.getByRole("link", { name: "group.csv" }).waitFor();
  await assertLooksRight(page, "/p/RIDE/import", "import-list");
});

test("the same file again changes nothing", async () => {
  const page = await openPage(browser, server);
  await logIn(page, person("priya"));
  await upload(page, "again.csv", exported("GRP", 400));
  const asBefore = page.locator(".stat", { hasText: "As before" });
  assert.match(await asBefore.innerText(), /400/);
  await page.getByRole("button", { name: "Discard the file" }).click();
  await page.waitForURL(/\/p\/RIDE\/import$/);
});

test("a file that is no export says so and leaves nothing", async () => {
  const page = await openPage(browser, server);
  await logIn(page, person("priya"));
  await page.goto("/p/RIDE/import");
  const file = { name: "people.csv", mimeType: "text/csv", buffer: Buffer.from("Name,Age\nA,1\n") };
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.getByRole("button", { name: "Upload and look" }).click();
  await page.getByText("does not look like a Jira export").waitFor();
  assert.equal(await page.getByRole("link", { name: "people.csv" }).count(), 0);
});

test("all of it works without scripts", async () => {
  const page = await openPage(browser, server, { javaScriptEnabled: false });
  await logIn(page, person("priya"));
  await upload(page, "plain.csv", exported("PLN", 60));
  await page.getByRole("button", { name: "Import 60 items" }).click();
  // The page fetches itself again until it is done.
  await page.getByText("Imported.").waitFor({ timeout: 30_000 });
  await page.goto("/PLN-3");
  await page.getByText("Seat 3 beside the others").first().waitFor();
});
