// The demo world in a real browser: every page in each look, a story from its making to its why,
// another browser that sees it live, and the essentials without scripts.

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

const PAGES = {
  products: "/",
  backlog: "/p/RIDE/backlog",
  board: "/p/RIDE/board",
  list: "/p/RIDE/list?category=open",
  mine: "/my-work",
  tree: "/p/RIDE/work-tree",
  timeline: "/p/RIDE/timeline",
  calendar: "/p/RIDE/calendar",
  triage: "/p/RIDE/triage",
  groups: "/p/RIDE/list?q=is%3Aopen+group%3Aassignee%2Cstate",
  table: "/p/RIDE/table?q=is%3Aopen",
  views: "/p/RIDE/views",
  lines: "/p/RIDE/lines",
  misread: "/p/RIDE/list?q=is%3Aopen+staet%3Adone",
  epics: "/p/RIDE/epics",
  evidence: "/p/RIDE/evidence",
  needs: "/p/RIDE/needs",
  objectives: "/p/RIDE/objectives",
  opportunities: "/p/RIDE/opportunities",
  gaps: "/p/PART/gaps",
  phases: "/p/PART/phases",
  gates: "/p/PART/gates",
  rules: "/p/PART/automations",
  git: "/p/RIDE/git",
  activity: "/p/RIDE/activity",
  past: "/p/RIDE/past",
  bin: "/p/RIDE/bin",
  import: "/p/RIDE/import",
  item: "/RIDE-30",
  search: "/search?q=refund",
  teams: "/teams",
  settings: "/p/RIDE/settings",
  notifications: "/notifications",
  people: "/people",
  account: "/account",
  api: "/docs/api",
  property: "/RIDE-30/edit?field=labels",
};

test("every page is right in light, in dark and on a phone", async () => {
  const page = await openPage(browser, server);
  await logIn(page, person("priya"));
  for (const [name, path] of Object.entries(PAGES)) {
    await assertLooksRight(page, path, name);
  }
  await page.goto("/teams");
  const team = await page.locator('a[href^="/teams/"]').first().getAttribute("href");
  await assertLooksRight(page, team, "team");
});

test("a story is made, linked to its why, seen by another browser and undone", async () => {
  const ana = await openPage(browser, server);
  await logIn(ana, person("ana"));
  const tom = await openPage(browser, server);
  await logIn(tom, person("tom"));
  await tom.goto("/p/RIDE/list?category=open&level=story");

  await ana.goto("/p/RIDE/backlog");
  await ana.keyboard.press("c");
  await ana.locator('form[action="/do/create-work-item"] input[name="title"]').fill("Pay with a watch");
  await ana.locator('form[action="/do/create-work-item"] button[type="submit"]').click();
  const row = ana.locator("[data-row]", { hasText: "Pay with a watch" });
  await row.waitFor();
  const key = await row.getAttribute("data-item");

  await tom.locator("[data-row]", { hasText: "Pay with a watch" }).waitFor();

  // What was made is named, and leads there.
  await ana.locator(".toast").getByRole("link", { name: key }).click();
  await ana.getByText("Nothing stands above it").first().waitFor();
  await ana.locator("summary.btn", { hasText: "Link" }).first().click();
  // Some words find what it serves; the keys choose it and send it.
  const to = ana.locator('form[action="/do/add-link"] input[name="to"]').first();
  assert.ok(await to.evaluate((field) => field === document.activeElement), "one writes at once");
  await to.pressSequentially("Refunds of split tickets need a phone");
  await ana.getByRole("option", { name: "Refunds of split tickets need a phone call" }).waitFor();
  await to.press("Enter");
  assert.equal(await to.inputValue(), "RIDE-28");
  await to.press("Enter");
  await ana.getByText("I paid twice and got half of one back.").first().waitFor();

  await ana.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await ana.getByText("Nothing stands above it").first().waitFor();
});

test("undoing a creation leads to what now lies in the bin", async () => {
  const page = await openPage(browser, server);
  await logIn(page, person("ana"));
  await page.goto("/p/RIDE/backlog");
  await page.keyboard.press("c");
  await page.keyboard.type("Made by mistake");
  await page.keyboard.press("Enter");
  await page.locator(".toast a").click();
  await page.getByRole("heading", { name: "Made by mistake" }).first().waitFor();
  await page.keyboard.press("z");
  await page.getByText("This lies in the bin").waitFor();
});

test("what one can do on a page stands in the palette too", async () => {
  const page = await openPage(browser, server);
  await logIn(page, person("ana"));
  await page.goto("/RIDE-30");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("copy");
  await page.getByRole("option", { name: /^Copy/ }).first().click();
  await page.locator('form[action="/do/copy-work-item"]').waitFor();
});

test("the secret of a git connection is seen once it is made", async () => {
  const page = await openPage(browser, server);
  await logIn(page, person("priya"));
  await page.goto("/p/RIDE/git");
  await page.keyboard.press("c");
  const form = page.locator('form[action="/do/connect-git"]');
  await form.locator('[name="name"]').fill("Fares on GitHub");
  await form.getByRole("button").last().click();
  await page.getByRole("heading", { name: "Copy it now" }).waitFor();
  assert.match(await page.locator("main").innerText(), /wfgit_[0-9a-f]{64}/);
});

test("a name typed after an @ is offered, and its person is told", async () => {
  const tom = await openPage(browser, server);
  await logIn(tom, person("tom"));
  await tom.goto("/RIDE-30");
  const field = tom.locator('form[action="/do/add-comment"] textarea');
  await field.pressSequentially("Look here, @an");
  await tom.getByRole("option", { name: "Ana Ruiz" }).waitFor();
  await field.press("Enter");
  assert.equal(await field.inputValue(), "Look here, @Ana Ruiz ");
  await field.pressSequentially("please");
  await tom.locator('form[action="/do/add-comment"] button[type="submit"]').click();
  await tom.locator(".comment .mention", { hasText: "@Ana Ruiz" }).last().waitFor();

  const ana = await openPage(browser, server);
  await logIn(ana, person("ana"));
  await ana.locator("a.bell b").waitFor();
  await ana.goto("/notifications");
  const told = ana.locator(".notices .unread", { hasText: "Look here, @Ana Ruiz please" });
  await told.locator("button").click();
  await ana.waitForURL((address) => address.pathname === "/RIDE-30");
  await ana.goto("/notifications");
  assert.equal(await told.count(), 0);
});

test("the essentials work without scripts", async () => {
  const page = await openPage(browser, server, { javaScriptEnabled: false });
  await logIn(page, person("mei"));
  await page.goto("/RIDE-30");
  await page.locator('form[action="/do/add-comment"] textarea').fill("Said without a script");
  await page.locator('form[action="/do/add-comment"] button[type="submit"]').click();
  await page.locator(".comment .prose", { hasText: "Said without a script" }).waitFor();
});

test("a wrong password says so and keeps the address", async () => {
  const page = await openPage(browser, server);
  await page.goto("/login");
  await page.locator('input[name="email"]').fill("ana@southway.example");
  await page.locator('input[name="password"]').fill("not this one");
  await page.locator('[type="submit"]').click();
  await page.getByText("do not belong together").waitFor();
  assert.equal(await page.locator('input[name="email"]').inputValue(), "ana@southway.example");
});
