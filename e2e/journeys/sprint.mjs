// A sprint of two weeks, played from end to end by four people at once in a browser each: planned, refined
// with cards, worked on at the board, held up and freed, accepted, looked back on, closed. What one does,
// the others see without loading anything anew.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, logIn, openPage } from "../lib/browser.mjs";
import { startDemo, startServer } from "../lib/server.mjs";

const TEAM = "Fares";
const GOAL = "A rider understands why a fare differs";
const STORIES = [
  "As a rider, I see what a fare is made of",
  "As a rider, I see why today is dearer",
  "As an agent, I print the parts of a fare",
  "As a rider, I compare two days",
  "As a rider, I am told before a price ends",
  "As an agent, I find a fare by its rule",
];

let server;
let browser;
let people;
const made = { keys: [] };

/** Everybody signs in, each in a browser profile of their own. */
async function enter() {
  people = {};
  for (const name of ["ana", "tom", "lea", "noor"]) {
    const page = await openPage(browser, server);
    await logIn(page, server.logins.find(({ email }) => email.startsWith(name)));
    people[name] = page;
  }
}

/** The same world, so many days later. */
async function laterBy(days) {
  const { logins } = server;
  const folder = await server.leave();
  server = await startServer("demo", { folder, more: ["--days-ahead", String(days)] });
  server.logins = logins;
  await Promise.all(Object.values(people).map((page) => page.context().close()));
  await enter();
}

before(async () => {
  server = await startDemo();
  browser = await launch();
  await enter();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens the menu that holds a form, fills it and sends it, as a person would. */
async function send(page, action, fields = {}, has = "", button = "") {
  const form = page.locator(`form[action^="/do/${action}"]${has}`).first();
  const menu = page.locator(`details.menu:has(form[action^="/do/${action}"]${has}) > summary`).first();
  // It may be about to appear, by what somebody else did.
  await form.or(menu).first().waitFor({ state: "attached" });
  if (await menu.count()) {
    if (!(await form.isVisible())) await menu.click();
  } else await form.waitFor();
  for (const [name, value] of Object.entries(fields)) {
    const field = form.locator(`[name="${name}"]:not([type="hidden"])`).first();
    const tag = await field.evaluate((element) => element.tagName);
    const type = await field.getAttribute("type");
    if (tag === "SELECT") await field.selectOption(value);
    else if (type === "radio") await form.locator(`[name="${name}"][value="${value}"]`).check();
    else if (type === "checkbox") for (const one of await form.locator(`[name="${name}"][type="checkbox"]`).all()) await one.check();
    else await field.fill(value);
  }
  const pressed = button
    ? form.locator("button", { hasText: button }).last()
    : form.locator('button:not([name]):not([type="button"])').last();
  const answered = page.waitForResponse((r) => r.url().includes(`/do/${action}`));
  await Promise.all([answered, pressed.click()]);
  await page.waitForLoadState("networkidle");
}

/** Opens a page and marks its window: the mark is gone when the page is loaded anew. */
async function watch(page, path) {
  const answer = await page.goto(path);
  assert.equal(answer.status(), 200, path);
  await page.evaluate(() => (window.marked = true));
  await page.waitForLoadState("networkidle");
}

/** Waits until a page that was opened with `watch` shows something, without having been loaded anew. */
async function sees(page, selector, options) {
  await page.locator(selector, options).first().waitFor();
  assert.ok(await page.evaluate(() => window.marked), `${page.url()} was loaded anew`);
}

const board = `/p/RIDE/board?team=${TEAM}`;
const column = (state) => `.board-column:has(> h2:text-matches("^${state} ")) `;
const card = (state, key) => `${column(state)}#row-${key}`;

/** Moves the mouse as a hand does: sortable lists look at the way, not only at its ends. */
async function drag(page, key, state) {
  const start = await page.locator(`#row-${key}`).boundingBox();
  const end = await page.locator(`${column(state)}.cards`).boundingBox();
  await page.mouse.move(start.x + 12, start.y + start.height / 2);
  await page.mouse.down();
  await page.mouse.move(start.x + 20, start.y + start.height / 2 + 6, { steps: 4 });
  await page.mouse.move(end.x + 40, end.y + 20, { steps: 14 });
  await page.mouse.move(end.x + 44, end.y + 24, { steps: 4 });
  await page.mouse.up();
  await page.locator(".toast", { hasText: "Moved" }).first().waitFor();
}

test("a team is founded and works by Scrum", async () => {
  const page = await openPage(browser, server);
  await logIn(page, server.logins.find(({ email }) => email.startsWith("mei")));
  await page.goto("/teams");
  await send(page, "create-team", { name: TEAM });
  await page.goto("/teams");
  const link = page.getByRole("link", { name: TEAM, exact: true }).first();
  made.team = (await link.getAttribute("href")).split("/")[2];
  await page.goto(`/teams/${made.team}/policy`);
  await send(page, "draft-policy", { preset: "scrum" });
  await page.goto(`/teams/${made.team}/policy`);
  const draft = await page.locator('main a[href^="/policies/"]').first().getAttribute("href");
  await page.goto(`${draft}/switch`);
  await send(page, "activate-policy");
  await page.goto(`/teams/${made.team}/policy`);
  assert.match(await page.locator("main").innerText(), /Scrum/);
  await page.context().close();
});

test("the product owner writes stories and plans a sprint with a goal", async () => {
  const { ana } = people;
  for (const title of STORIES) {
    await ana.goto(`/p/RIDE/backlog?team=${TEAM}`);
    await send(ana, "create-work-item", { title });
  }
  await ana.goto(`/p/RIDE/backlog?team=${TEAM}`);
  const rows = ana.locator("[data-row]");
  for (let at = 0; at < STORIES.length; at += 1) made.keys.push(await rows.nth(at).getAttribute("data-item"));
  await ana.goto("/p/RIDE/sprints");
  await send(ana, "plan-iteration", { name: "Fares 1", team: made.team, capacity: "20" });
  await send(ana, "plan-iteration", { name: "Fares 2", team: made.team, goal: "A rider is warned in time" });
  made.sprint = await ana.getByRole("link", { name: "Fares 1" }).first().getAttribute("href");
  made.next = await ana.getByRole("link", { name: "Fares 2" }).first().getAttribute("href");
  await ana.goto(made.sprint);
  // Without a goal it does not start, and says why.
  await send(ana, "start-iteration");
  assert.match(await ana.locator("body").innerText(), /without a goal it is only a list/);
  await ana.goto(made.sprint);
  await send(ana, "edit-iteration", { goal: GOAL });
  await ana.locator("main", { hasText: GOAL }).waitFor();
  await ana.goto(`/${made.keys[0]}`);
  await send(ana, "add-criteria", { text: "Each part of the fare has a name\nThe parts add up to the price" });
});

test("four refine the backlog with cards that nobody sees before all are shown", async () => {
  const { ana, tom, lea, noor } = people;
  await ana.goto("/p/RIDE/refinement");
  await send(ana, "start-refinement", { team: made.team });
  await ana.goto("/p/RIDE/refinement");
  const session = await ana.getByRole("link", { name: TEAM }).first().getAttribute("href");
  for (const page of Object.values(people)) await watch(page, session);
  const votes = { tom: "3", lea: "8", noor: "5" };
  for (const [name, value] of Object.entries(votes)) {
    await send(people[name], `vote-estimate?refinement=${session.split("/").at(-1)}&value=${value}&`);
  }
  for (const name of ["Tom Okoro", "Lea Brandt", "Noor Aziz"]) await sees(ana, "li.row", { hasText: `${name}has voted` });
  // Ana has not voted, and nothing of the others' cards is on her page.
  const hidden = await ana.locator("section", { hasText: "How much does it take?" }).last().locator("ul.rows").innerText();
  assert.doesNotMatch(hidden, /[358]/, "a vote is seen before all are shown");
  await send(ana, "reveal-votes");
  for (const page of [tom, lea, noor]) {
    for (const value of Object.values(votes)) await sees(page, "li.row b", { hasText: new RegExp(`^${value}$`) });
  }
  // They talk, vote again and agree.
  await send(ana, "reveal-votes", {}, "", "Vote again");
  await sees(tom, "p.soft", { hasText: "Round 2" });
  for (const name of ["tom", "lea", "noor"]) {
    await send(people[name], `vote-estimate?refinement=${session.split("/").at(-1)}&value=5&`);
  }
  await send(ana, "reveal-votes");
  await send(ana, "agree-estimate", { value: "5" });
  await sees(lea, ".points", { hasText: /^5$/ });
  await send(ana, "look-at-item", {}, "", "Next item");
  for (const page of [tom, lea, noor]) await sees(page, "h1", { hasText: STORIES[1] });
  await send(ana, "end-refinement");
});

test("the sprint is filled beside its capacity and started", async () => {
  const { ana, tom } = people;
  await ana.goto(made.sprint);
  const form = ana.locator('form[action="/do/add-to-iteration"]');
  for (const key of made.keys.slice(0, 4)) await form.locator(`input[value="${key}"]`).check();
  await send(ana, "add-to-iteration");
  for (const page of Object.values(people)) await watch(page, board);
  await ana.goto(made.sprint);
  await send(ana, "start-iteration");
  // What is in the sprint stands in its column, on boards that were open before.
  for (const key of made.keys.slice(0, 4)) await sees(tom, card("In sprint", key));
});

test("cards that one moves are moved on the boards of the others", async () => {
  const { ana, tom, lea, noor } = people;
  await watch(ana, board);
  const [first, second, third] = made.keys;
  await drag(tom, first, "In progress");
  await sees(lea, card("In progress", first));
  await drag(lea, second, "In progress");
  await sees(tom, card("In progress", second));
  // With keys alone, as well.
  await noor.locator(`#row-${third} [data-row-link]`).focus();
  await noor.keyboard.press("Alt+ArrowRight");
  for (const page of [ana, tom, lea]) await sees(page, card("In progress", third));
  for (const key of [first, second, third]) await sees(noor, card("In progress", key));
});

test("what is held up says so on every board, until it is freed", async () => {
  const { ana, tom, noor, lea } = people;
  const [, second] = made.keys;
  await lea.goto(`/${second}`);
  await send(lea, "block-item", { because: "The fare file is not here" });
  for (const page of [ana, tom]) await sees(page, `#row-${second} .blocked`, { hasText: "The fare file is not here" });
  await noor.goto(`/${second}`);
  await send(noor, "unblock-item", { solution: "Asked the fares office" });
  await ana.locator(`#row-${second} .blocked`).waitFor({ state: "detached" });
  assert.ok(await ana.evaluate(() => window.marked));
});

test("a week later a story is added, and the scope says so", async () => {
  await laterBy(7);
  const { ana, tom } = people;
  await watch(tom, made.sprint);
  await ana.goto(`/${made.keys[4]}`);
  await ana.goto(`/${made.keys[4]}/edit?field=sprint`);
  await send(ana, "edit-work-item", { sprint: "Fares 1" });
  await ana.goto(`/${made.keys[4]}/edit?field=points`);
  await send(ana, "edit-work-item", { points: "3" });
  await sees(tom, "table", { hasText: "came" });
  await sees(tom, "table", { hasText: "estimated anew" });
  assert.match(await tom.locator("main").innerText(), /Under way the longest/);
});

test("stories are accepted by their criteria, or sent back with a reason", async () => {
  const { ana, tom, lea, noor } = people;
  const [first, second] = made.keys;
  for (const page of [tom, lea, noor]) await watch(page, board);
  await drag(tom, first, "In review");
  await drag(lea, second, "In review");
  await ana.goto(`/${first}/acceptance`);
  const why = await ana.locator("main").innerText();
  assert.ok(why.indexOf("Why it was asked for") < why.indexOf("Each criterion"), "the why stands first");
  for (const verdict of await ana.locator('select[name^="verdicts."]').all()) await verdict.selectOption("met");
  await send(ana, "accept-story", { serves: "yes", done: true, because: "It serves, though its why is not written down yet." }, "", "Accept");
  for (const page of [tom, lea, noor]) await sees(page, card("Accepted", first));
  await ana.goto(`/${second}/acceptance`);
  await send(ana, "accept-story", { serves: "partly", because: "The reason is missing on Sundays." }, "", "Send back");
  for (const page of [tom, lea, noor]) await sees(page, card("In progress", second));
});

test("the retrospective names nobody, counts votes and becomes work", async () => {
  await laterBy(13);
  const { ana, tom, lea, noor } = people;
  for (const page of Object.values(people)) await watch(page, made.sprint);
  const notes = { tom: ["well", "Cards showed that we meant different things"], lea: ["badly", "The fare file came late"], noor: ["idea", "Ask for files a sprint ahead"] };
  for (const [name, [lane, text]] of Object.entries(notes)) await send(people[name], "add-retro-note", { lane, text });
  for (const [, text] of Object.values(notes)) await sees(ana, "li.row", { hasText: text });
  const retro = await ana.locator("section", { hasText: "Retrospective" }).last().innerText();
  assert.doesNotMatch(retro, /Tom|Lea|Noor/, "a note tells who wrote it");
  const idea = (page) => page.locator("li.row", { hasText: notes.noor[1] });
  for (const page of [tom, lea]) {
    await Promise.all([
      page.waitForResponse((r) => r.url().includes("/do/vote-retro-note")),
      idea(page).locator('form[action^="/do/vote-retro-note"] button').click(),
    ]);
    await page.waitForLoadState("networkidle");
  }
  await sees(ana, "li.row", { hasText: /Ask for files a sprint ahead.*2/ });
  await idea(ana).locator("details.menu > summary", { hasText: "Act" }).click();
  const act = idea(ana).locator('form[action="/do/act-on-retro-note"]');
  await act.locator('[name="assignee"]').fill("Noor Aziz");
  await act.locator("button.go, button").last().click();
  await idea(ana).locator('a[href^="/RIDE-"]').waitFor();
  made.action = (await idea(ana).locator('a[href^="/RIDE-"]').getAttribute("href")).slice(1);
  await noor.goto(`/${made.action}`);
  assert.match(await noor.locator("main").innerText(), /Ask for files a sprint ahead[\s\S]*Noor Aziz/);
});

test("the sprint closes only when each unfinished story has a place to go", async () => {
  const { ana, tom, lea } = people;
  await watch(tom, made.sprint);
  await watch(lea, made.next);
  await ana.goto(made.sprint);
  const left = made.keys.slice(1, 5);
  const form = ana.locator('form[action="/do/close-iteration"]');
  assert.equal(await form.evaluate((it) => it.checkValidity()), false, "it closes without saying where what is left goes");
  const carry = { outcome: "partly", review: "Shown to two riders; both could say what their fare is made of." };
  const next = made.next.split("/").at(-1);
  // One answer for all, and another for one of them.
  Object.assign(carry, { others: next, [`carry.${left[2]}`]: "backlog" });
  await send(ana, "close-iteration", carry);
  // The others see the end, and what was carried over is in the next sprint.
  await sees(tom, "h2", { hasText: "The increment" });
  for (const [at, key] of left.entries()) if (at !== 2) await sees(lea, `#row-${key}`);
  assert.equal(await lea.locator(`#row-${left[2]}`).count(), 0, "what went to the backlog is planned");
  const told = await tom.locator("main").innerText();
  assert.match(told, new RegExp(made.keys[0]), "what was finished is told");
  assert.match(told, /Not finished/);
  assert.equal(await tom.locator('form[action="/do/edit-iteration"]').count(), 0, "it can be changed no more");
  for (const page of Object.values(people)) {
    const real = page.troubles.filter((t) => !/409|422/.test(t));
    assert.deepEqual(real, []);
  }
});
