// Views: a filter typed by keyboard alone with completion, built without scripts, kept and changed;
// cells changed where they stand, refused and conflicting; many at once; lines; downloads.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
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

const asked = (page) => new URL(page.url()).searchParams.get("q");

test("a filter is typed with completion, by keyboard alone", async () => {
  const page = await signedIn("ana");
  await page.goto("/p/RIDE/list");
  await page.keyboard.press("f");
  await page.keyboard.type("lev");
  await page.locator("#filter-words [role=option]", { hasText: "level:" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator("#filter-words [role=option]", { hasText: "story" }).waitFor();
  await assertAccessible(page);
  await page.keyboard.type("st");
  await page.waitForFunction(() => document.querySelectorAll("#filter-words [role=option]").length === 1);
  await page.keyboard.press("Tab");
  assert.equal(await page.locator("#filter-q").inputValue(), "level:story ");
  await page.keyboard.type("state:in");
  await page.locator("#filter-words [role=option]", { hasText: "In review" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#filter-q").fill("level:story is:open sort:due");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.searchParams.get("q") === "level:story is:open sort:due");
  // A term is taken away by pressing it.
  await page.locator(".filter-terms a", { hasText: "sort:due" }).click();
  await page.waitForURL((url) => url.searchParams.get("q") === "level:story is:open");
  // What is misread stays, with what was perhaps meant.
  await page.locator("#filter-q").fill("is:open asignee:me");
  await page.keyboard.press("Enter");
  const problem = page.locator("#filter-problem");
  await problem.waitFor();
  assert.equal(await page.locator("#filter-q").inputValue(), "is:open asignee:me");
  await problem.locator("a", { hasText: "assignee" }).click();
  await page.waitForURL((url) => url.searchParams.get("q") === "is:open assignee:me");
  assert.deepEqual(page.troubles, []);
});

test("without scripts the same filter is built by choosing", async () => {
  const page = await signedIn("ana", { javaScriptEnabled: false });
  await page.goto("/p/RIDE/list?q=label%3Aapp");
  await page.locator(".build > summary").click();
  await page.locator("#build-level").selectOption("story");
  await page.locator("#build-sort").selectOption("-points");
  await page.locator("#build-group").selectOption("state");
  await page.locator(".build button[type=submit]").click();
  assert.equal(asked(page), "label:app level:story sort:-points group:state");
  await page.locator(".group-rows").first().waitFor();
});

test("a view is kept, shared, changed and seen by another", async () => {
  const ana = await signedIn("ana");
  await ana.goto("/p/RIDE/list?q=level%3Abug");
  await ana.getByText("Save view").click();
  await ana.locator("#keep-name").fill("Every bug");
  await ana.locator("#keep-shared").selectOption("product");
  await ana.locator('form[action="/do/create-view"] button[type=submit]').click();
  const chip = ana.locator(".view-chips a", { hasText: "Every bug" });
  await chip.waitFor();
  await chip.click();
  await ana.waitForURL((url) => url.searchParams.has("saved"));
  await ana.locator("#filter-q").fill("level:bug is:open");
  await ana.keyboard.press("Enter");
  await ana.locator(".view-chips", { hasText: "changed" }).waitFor();
  await ana.locator('form[action="/do/edit-view"] button').click();
  await ana.locator(".view-chips a", { hasText: "Every bug" }).and(ana.locator("[aria-current]")).waitFor();
  const tom = await signedIn("tom");
  await tom.goto("/p/RIDE/list");
  await tom.locator(".view-chips a", { hasText: "Every bug" }).click();
  await tom.waitForURL((url) => url.searchParams.get("q") === "level:bug is:open");
  assert.equal(await tom.locator('form[action="/do/edit-view"]').count(), 0, "it is Ana's");
  await tom.getByText("☆ Pin").click();
  await tom.getByText("★ Pinned").waitFor();
});

test("cells are changed where they stand; what is refused stays typed", async () => {
  const ana = await signedIn("ana");
  const tom = await signedIn("tom");
  const path = "/p/RIDE/table?q=is%3Aopen+-level%3Aepic&columns=key,title,points,state,priority";
  await ana.goto(path);
  await tom.goto(path);
  const row = ana.locator("tbody tr").first();
  const key = await row.getAttribute("data-item");
  const title = row.locator("td.cell-title");
  await title.locator("a").focus();
  await ana.keyboard.press("Enter");
  await title.locator("input[name=title]").waitFor();
  await ana.keyboard.press("Escape");
  await title.locator("a").waitFor();
  await ana.keyboard.press("Enter");
  await title.locator("input[name=title]").fill("A title from the table");
  await ana.keyboard.press("Tab");
  const points = row.locator("td.cell-points");
  await points.locator("input[name=points]").waitFor();
  await points.locator("input[name=points]").fill("99999");
  await ana.keyboard.press("Enter");
  await points.locator("[role=alert]", { hasText: "Points go from 0" }).waitFor();
  assert.equal(await points.locator("input[name=points]").inputValue(), "99999");
  await points.locator("input[name=points]").fill("13");
  await ana.keyboard.press("Enter");
  await points.locator("a", { hasText: "13" }).waitFor();
  const seen = tom.locator(`#cell-${key}-title`);
  await seen.getByText("A title from the table").waitFor();
  // Both change the same title: the second is shown the first, and nothing is lost.
  await seen.locator("a").click();
  await seen.locator("input[name=title]").fill("Tom's title");
  await title.locator("a").click();
  await title.locator("input[name=title]").fill("Ana's title");
  await ana.keyboard.press("Enter");
  await title.getByText("Ana's title").waitFor();
  await seen.locator("input[name=title]").press("Enter");
  await seen.locator("[role=alert]", { hasText: "Ana's title" }).waitFor();
  assert.equal(await seen.locator("input[name=title]").inputValue(), "Tom's title");
  await seen.locator("input[name=title]").press("Enter");
  await title.getByText("Tom's title").waitFor();
  // The browser itself notes the refusal that was asked for.
  assert.deepEqual(ana.troubles.filter((trouble) => !trouble.includes("status of 422")), []);
});

test("all that match are changed at once, and taken back at once", async () => {
  const page = await signedIn("ana");
  await page.goto("/p/RIDE/list?q=level%3Abug");
  const rows = page.locator("main [data-row][data-item]");
  const before = await rows.count();
  assert.ok(before > 1, "the demo has bugs");
  await rows.first().locator("input[name=items]").check();
  await page.locator("form.bulk input[name=matching]").check();
  await page.locator("#bulk-add-label").fill("swept");
  await page.locator("form.bulk button.go").click();
  await page.locator(".toast").waitFor();
  await page.goto("/p/RIDE/list?q=label%3Aswept");
  assert.equal(await rows.count(), before);
  await page.goto("/p/RIDE/activity");
  await page.goto("/p/RIDE/list?q=label%3Aswept");
  await rows.first().locator("input[name=items]").check();
  await page.locator("form.bulk input[name=matching]").check();
  await page.locator("form.bulk .menu summary").click();
  await page.locator("form.bulk button[name=bin]").click();
  await page.locator(".toast").getByText("Undo").click();
  await page.waitForFunction((n) => document.querySelectorAll("main [data-row][data-item]").length === n, before);
});

test("what has no why is linked at once, or put off to a day to come", async () => {
  const page = await signedIn("ana");
  await page.goto("/p/PART/gaps");
  const broken = page.locator("section", { hasText: "Path broken" }).locator("[data-row][data-item]");
  const keys = await broken.evaluateAll((rows) => rows.map((row) => row.querySelector("input[name=items]").value));
  assert.ok(keys.length > 3, "the siloed team has work without a why");
  const pick = (key) => page.locator(`input[name=items][value="${key}"]`).check();
  const mended = () => page.locator("form.bulk button.go").click();
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

  // A day that has passed is refused in words, beside what was typed.
  await pick(keys[0]);
  await page.locator("form.bulk input[name=until]").fill(day(-3));
  await mended();
  await page.getByText("has passed. Choose today or a later day.").first().waitFor();
  await page.goto("/p/PART/gaps");
  await pick(keys[0]);
  await pick(keys[1]);
  await page.locator("form.bulk input[name=until]").fill(day(14));
  await mended();
  await page.locator(".toast").waitFor();
  const promised = page.locator("section", { hasText: "promised by a day" });
  await promised.getByText(keys[0], { exact: true }).waitFor();
  await promised.getByText(keys[1], { exact: true }).waitFor();
  await page.locator(".toast").getByText("Undo").click();
  await page.locator("section", { hasText: "Path broken" }).getByText(keys[1], { exact: true }).waitFor();

  const needs = await page.request.get("/p/PART/needs");
  const [need] = (await needs.text()).match(/PART-\d+/) ?? [];
  assert.ok(need, "the partner portal has needs");
  await pick(keys[1]);
  await pick(keys[2]);
  await page.locator("form.bulk input[name=to]").fill(need);
  await mended();
  await page.locator(".toast").waitFor();
  await page.goto(`/${keys[2]}`);
  await page.locator("aside, main").getByText(need, { exact: true }).first().waitFor();
  assert.deepEqual(page.troubles.filter((trouble) => !trouble.includes("status of 422")), []);
});

test("pasted lines are shown first, then all are created", async () => {
  const page = await signedIn("ana");
  await page.goto("/p/RIDE/lines");
  const lines = page.locator("textarea[name=lines]");
  await lines.fill("- [ ] A parent from lines #pasted\n    - [ ] A child @nobody-at-all\n- [x] Ticked");
  await page.getByText("Show what becomes of them").click();
  await page.getByText("Nobody here is called “nobody-at-all”").waitFor();
  assert.equal(await page.getByText("Create all").count(), 0);
  await lines.fill("- [ ] A parent from lines #pasted\n    - [ ] A child @tom =2\n- [x] Ticked");
  await page.getByText("Show what becomes of them").click();
  await page.getByText("Create all 2").click();
  await page.waitForURL("**/p/RIDE/backlog");
  await page.goto("/p/RIDE/list?q=has%3Aparent+points%3A2+child+lines");
  await page.goto("/p/RIDE/list?q=label%3Apasted");
  await page.getByText("A parent from lines").waitFor();
});

test("what stands there is downloaded", async () => {
  const page = await signedIn("ana");
  await page.goto("/p/RIDE/table?q=level%3Abug&columns=key,title");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByText("CSV", { exact: true }).click()]);
  const text = await readFile(await file.path(), "utf8");
  assert.equal(text.split(/\r?\n/)[0], "key,title");
  assert.ok(text.split("\n").length > 2);
});
