// From the printed link to a charter, a workflow and a first item: in five steps, with and without
// scripts, left in between and taken up again. Then every page of a fresh workspace.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, logIn, openPage } from "../lib/browser.mjs";
import { assertLooksRight } from "../lib/checks.mjs";
import { startServer } from "../lib/server.mjs";

const OLIVE = { email: "olive@example.org", password: "a long enough word" };
let browser;
const servers = [];

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
  for (const server of servers) await server.stop();
});

async function fresh() {
  const server = await startServer("serve");
  servers.push(server);
  const link = server.output().match(/http\S+\/setup\/\S+/)?.[0];
  assert.ok(link, `no link in:\n${server.output()}`);
  return { server, link };
}

async function setUp(page, link) {
  await page.goto(link);
  for (const [name, value] of Object.entries({ workspace: "Harbour", name: "Olive", ...OLIVE })) {
    await page.locator(`main [name="${name}"]`).fill(value);
  }
  await page.getByRole("button", { name: "Set up" }).click();
  await page.waitForURL(/\/begin/);
}

/** Answers the five steps as a person would, and is at what comes next. */
async function answer(page, company) {
  await page.getByRole("radio", { name: company }).check();
  await page.getByRole("button", { name: "Go on" }).click();
  await page.locator('[name="product_name"]').fill("Ferries");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("Step 3 of 5").waitFor();
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("Step 4 of 5").waitFor();
  await page.locator('[name="rows.0.title"]').fill("Product Manager");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("Step 5 of 5").waitFor();
  await page.locator('[name="item"]').fill("Tickets show the pier");
  await page.locator('[name="need"]').fill("Travellers find their boat in time");
  await page.getByRole("button", { name: "Set it up" }).click();
  await page.getByRole("heading", { name: "What comes next" }).waitFor();
}

test("from empty to a charter, a workflow and a first item in five steps", async (t) => {
  const { server, link } = await fresh();
  const page = await openPage(browser, server);
  const began = Date.now();
  await setUp(page, link);
  await answer(page, /Start-up/);
  const took = Date.now() - began;
  t.diagnostic(`from the link to the first page: ${(took / 1000).toFixed(1)} s`);

  // What was made is there: a charter that holds, a policy in force, an item with its why.
  await page.getByRole("link", { name: "The charter", exact: true }).click();
  await page.getByText("agreed", { exact: true }).first().waitFor();
  await page.goto("/p/FERR/policy");
  await page.locator("dd", { hasText: /Lightweight agile.*\+ Lean startup/ }).first().waitFor();
  await page.goto("/p/FERR/backlog");
  await page.getByText("Tickets show the pier").first().click();
  await page.getByText("Travellers find their boat in time").first().waitFor();
  assert.deepEqual(page.troubles, []);

  for (const step of [1, 2, 3, 4, 5]) {
    await assertLooksRight(page, `/begin?step=${step}`, `begin-${step}`);
  }
  await assertLooksRight(page, "/begin", "begin-next");
  await assertLooksRight(page, "/", "begin-home");
});

test("every page of a fresh workspace says what belongs there and starts it", async () => {
  const page = await openPage(browser, servers[0]);
  await logIn(page, OLIVE);
  await page.goto("/p/FERR/backlog");
  const links = await page.locator("nav[aria-label='Main'] a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  const seen = [...new Set(links)].filter((href) => href?.startsWith("/"));
  assert.ok(seen.length > 30, `${seen.length} pages`);
  for (const href of seen) {
    const answer = await page.goto(href);
    assert.equal(answer.status(), 200, href);
    const words = (await page.locator("main").innerText()).replace(/\s+/g, " ");
    assert.ok(words.length > 60, `${href} says only: ${words}`);
    const starts = await page.locator("main :is(form, a.btn, button, .centre a)").count();
    assert.ok(starts > 0, `${href} starts nothing: ${words}`);
  }
  assert.deepEqual(page.troubles, []);
});

test("without scripts it is the same, left in between and taken up again", async () => {
  const { server, link } = await fresh();
  const plain = await openPage(browser, server, { javaScriptEnabled: false, look: "phone" });
  await setUp(plain, link);
  await plain.getByRole("radio", { name: /Scale-up/ }).check();
  await plain.getByRole("button", { name: "Go on" }).click();
  await plain.goto("/");
  await plain.getByText("left at step 2 of 5").waitFor();
  await plain.getByRole("link", { name: "Go on with it" }).click();
  await plain.locator('[name="product_name"]').fill("Ferries");
  await plain.getByRole("button", { name: "Go on" }).click();
  await plain.getByRole("button", { name: "Skip this" }).click();
  await plain.locator('[name="rows.0.title"]').fill("Head of Product");
  await plain.locator('[name="rows.1.name"]').fill("Ana");
  await plain.locator('[name="rows.1.title"]').fill("Product Manager");
  await plain.getByRole("button", { name: "Go on" }).click();
  await plain.getByText("overlap").first().waitFor();
  await plain.getByRole("button", { name: "Set it up" }).click();
  const join = await plain.getByText(/\/join\//).first().innerText();
  await plain.getByRole("link", { name: "Done: what comes next" }).click();
  // A head of product does nothing by this charter, so that it waits for Ana alone.
  await plain.getByText("The charter waits for 1 more").waitFor();

  // Ana joins as who she was named, and signs what she was given.
  const ana = await openPage(browser, server);
  await ana.goto(new URL(join).pathname);
  for (const [name, value] of Object.entries({ name: "Ana", email: "ana@example.org", password: "another long word" })) {
    await ana.locator(`main [name="${name}"]`).fill(value);
  }
  await ana.getByRole("button", { name: "Join" }).click();
  await ana.getByText("Read the charter and sign it").click();
  await ana.getByText("It waits for Ana").waitFor();
  await ana.getByRole("button", { name: "Sign", exact: true }).click();
  await ana.getByText("agreed", { exact: true }).first().waitFor();
});
