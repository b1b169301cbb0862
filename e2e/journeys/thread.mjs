// From ten lines of raw feedback to what came of them a quarter later, in the browser alone: two needs,
// a problem, three options, a choice by score, the roadmap, a release, ten answers, and what it moved;
// the path to why is whole all along, and the days between can be seen as they were.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, logIn, openPage } from "../lib/browser.mjs";
import { startDemo, startServer } from "../lib/server.mjs";

const QUARTER = 90;
/** So many of the ten left an address. */
const REACHED = 8;
const USERS = [
  ["Hana", "Six of us travelled, and I had to buy six tickets one after the other."],
  ["Oleg", "Buying for my hiking group took twenty minutes at the kiosk."],
  ["Rosa", "Why can I not put the whole class on one ticket?"],
  ["Piet", "One of our group could not come and I lost her part of the money."],
  ["Yara", "Everyone paid me back in coins because the app sells one seat at a time."],
  ["Milo", "We missed the train while the fifth ticket was still loading."],
];
const BUSINESS = [
  ["Grace Hall", "Group trips are one call in nine, and each takes a quarter of an hour."],
  ["Finance", "We refund group bookings by hand, some 70 a week."],
  ["Depot lead", "Conductors check ten phones for one family."],
  ["Sales", "Two schools left for the coach company this spring."],
];

let server;
let browser;
let page;
const made = { evidence: [] };
const today = new Date().toISOString().slice(0, 10);

async function enter() {
  page = await openPage(browser, server);
  await logIn(page, server.logins.find(({ email }) => email.startsWith("mei")));
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
async function send(action, fields, has = "") {
  const form = page.locator(`form[action="/do/${action}"]${has}`).first();
  if (!(await form.isVisible())) {
    await page.locator(`details.menu:has(form[action="/do/${action}"]${has}) > summary`).first().click();
  }
  for (const [name, value] of Object.entries(fields)) {
    const field = form.locator(`[name="${name}"]:not([type="hidden"])`);
    const tag = await field.evaluate((element) => element.tagName);
    if (tag === "SELECT") await field.selectOption(value);
    else await field.fill(value);
  }
  await Promise.all([
    page.waitForResponse((r) => r.url().includes(`/do/${action}`) && r.status() === 303),
    form.locator('button:not([name]):not([type="button"])').last().click(),
  ]);
  await page.waitForLoadState("networkidle");
}

/** The key of what the page shows now. */
function here() {
  return new URL(page.url()).pathname.slice(1);
}

/** The key of the newest row that says `title`. */
async function keyOf(path, title) {
  await page.goto(path);
  const href = await page.getByRole("link", { name: title }).first().getAttribute("href");
  return href.slice(1);
}

async function says(path, ...words) {
  const answer = await page.goto(path);
  assert.equal(answer.status(), 200, path);
  const text = await page.locator("body").innerText();
  const low = text.toLowerCase();
  for (const word of words) assert.ok(low.includes(word.toLowerCase()), `${path} does not say “${word}”:\n${text}`);
}

const WHOLE = "The path to why is whole";

/** Whether the page of a key says that its path is whole. */
async function whole(key) {
  await page.goto(`/${key}`);
  assert.ok((await page.content()).includes(WHOLE), `the path of ${key} breaks`);
}

test("ten lines of feedback are noted from wherever one is", async () => {
  const pages = ["/p/RIDE/roadmap", "/my-work", "/notifications", "/objectives"];
  for (const [at, [who, words]] of [...USERS, ...BUSINESS].entries()) {
    const from = pages[at % pages.length];
    await page.goto(from);
    await page.keyboard.press("q");
    const form = page.locator('dialog form[action="/do/record-evidence"]');
    await form.locator('[name="verbatim"]').waitFor({ state: "visible" });
    // The product that was looked at last stands there already.
    assert.equal(await form.locator('[name="product"]').inputValue(), "RIDE", from);
    await form.locator('[name="verbatim"]').fill(words);
    await form.locator('[name="source"]').fill(who);
    if (at < REACHED) await form.locator('[name="email"]').fill(`${who.split(" ")[0].toLowerCase()}@example.org`);
    await Promise.all([
      page.waitForResponse((r) => r.url().includes("/do/record-evidence") && r.status() === 303),
      form.locator(".btn.go").click(),
    ]);
    await page.waitForLoadState("networkidle");
    assert.equal(new URL(page.url()).pathname, from, "noting leads away");
    made.evidence.push(await keyOf("/p/RIDE/evidence", words.slice(0, 30)));
  }
  assert.equal(new Set(made.evidence).size, 10);
});

test("words selected on a page become evidence", async () => {
  await page.goto(`/${made.evidence[0]}`);
  await page.locator("main h1").first().selectText();
  await page.keyboard.press("q");
  const form = page.locator('dialog form[action="/do/record-evidence"]');
  await form.locator('[name="verbatim"]').waitFor({ state: "visible" });
  assert.equal(await form.locator('[name="verbatim"]').inputValue(), USERS[0][1]);
  assert.ok((await form.locator('[name="url"]').inputValue()).endsWith(`/${made.evidence[0]}`));
  await form.locator('[name="verbatim"]').fill("");
  await page.keyboard.press("Escape");
});

test("they become two needs", async () => {
  const groups = [
    ["user", "Settle a group's tickets in one go", made.evidence.slice(0, 6)],
    ["business", "Fewer group bookings handled by hand", made.evidence.slice(6)],
  ];
  for (const [kind, title, keys] of groups) {
    for (const [at, key] of keys.entries()) {
      await page.goto(`/${key}`);
      const how = at === 0 ? "new-need" : "link";
      const fields = at === 0 ? { title, kind } : { need: made[kind] };
      await send("triage-evidence", fields, `:has([name="how"][value="${how}"])`);
      if (at === 0) made[kind] = await keyOf("/p/RIDE/needs", title);
    }
  }
  await page.goto(`/${made.business}`);
  await send("edit-need", { measure: "group bookings by hand a week", baseline: "70", current: "70" });
  await send("value-need", { moment: "first", low: "40000", high: "90000", unit: "EUR a year", assumptions: "A booking by hand costs 14." });
  await page.goto("/p/RIDE/okr-report");
  made.result = (await page.locator("article.result h3 a").first().getAttribute("href")).slice(1);
  await page.goto(`/${made.business}`);
  await send("add-link", { to: made.result });
  await whole(made.business);
  await whole(made.user);
});

test("a problem is framed, and three options are compared", async () => {
  await page.goto("/p/RIDE/opportunities");
  await send("frame-opportunity", { title: "A group buys one by one" });
  made.problem = await keyOf("/p/RIDE/opportunities", "A group buys one by one");
  for (const to of [made.user, made.business]) {
    await page.goto(`/${made.problem}`);
    await send("add-link", { to });
  }
  for (const [title, effort] of [["One ticket for all", "5 weeks"], ["A basket of tickets", "3 weeks"], ["Groups by e-mail", "1 week"]]) {
    await page.goto(`/${made.problem}`);
    await send("sketch-option", { title, effort });
  }
  await says(`/${made.problem}`, "Options compared", "One ticket for all", "A basket of tickets", "Groups by e-mail");
  await whole(made.problem);
});

test("it is dragged under the outcome that it stands in the way of", async () => {
  await page.goto("/p/RIDE/tree");
  const middle = async (selector) => {
    const node = page.locator(`${selector} > rect`).first();
    await node.scrollIntoViewIfNeeded();
    const box = await node.boundingBox();
    return [box.x + box.width / 3, box.y + box.height / 2];
  };
  await page.setViewportSize({ width: 1280, height: 2400 });
  const from = await middle(`g.node[data-item="${made.problem}"]`);
  const other = await page.locator(`g.node.why[data-takes]:not([data-takes="${made.result}"])`).first().getAttribute("data-takes");
  const to = await middle(`g.node[data-takes="${other}"]`);
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, { steps: 4 });
  await page.mouse.move(...to, { steps: 4 });
  await Promise.all([page.waitForResponse((r) => r.url().includes("/move?tree") && r.ok()), page.mouse.up()]);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto("/p/RIDE/tree");
  const moved = page.locator(`ul[data-column="${other}"] > li[data-item="${made.problem}"]`);
  assert.equal(await moved.count(), 1, "it does not stand under the key result");
  const drawn = await (await page.request.get("/p/RIDE/tree.svg")).text();
  assert.ok(drawn.startsWith("<svg") && drawn.includes(made.problem), "the file does not show it");
});

test("it is chosen by a score that says how sure it is", async () => {
  await page.goto("/p/RIDE/priorities?method=rice");
  for (const [name, value] of [["reach", "800 1500 4000"], ["impact", "2"], ["confidence", "80"], ["effort", "3 4 6"]]) {
    await page.locator(`[id="${made.problem}-${name}"]`).fill(value);
  }
  await Promise.all([
    page.waitForResponse((r) => r.url().includes("/do/score-opportunity") && r.status() === 303),
    page.getByRole("button", { name: `Save the inputs of ${made.problem}` }).click(),
  ]);
  await page.goto("/p/RIDE/priorities?method=rice");
  const row = page.locator("tr", { has: page.locator(`a[href="/${made.problem}"]`) }).first();
  assert.match(await row.innerText(), /%/, "the ranking does not say how sure it is");
  await page.goto(`/${made.problem}`);
  await send("decide-opportunity", { state: "worth-solving", because: "One call in nine, and two schools lost." });
  const option = await keyOf(`/${made.problem}`, "A basket of tickets");
  await page.goto(`/${option}`);
  await send("choose-option", { because: "Most of the value for half the effort." });
  await says(`/${made.problem}`, "chosen", "rejected");
  await whole(made.problem);
});

test("it stands on the roadmap, on the timeline, and moves there by keyboard", async () => {
  await page.goto(`/${made.problem}`);
  const plus = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  await send("place-on-roadmap", { horizon: "now", starts: plus(0), ends: plus(40), because: "The summer brings the groups." });
  await page.goto("/p/RIDE/roadmap?view=timeline");
  const bar = page.locator(`g.bar[data-item="${made.problem}"]`);
  assert.equal(await bar.getAttribute("data-ends"), plus(40));
  await bar.focus();
  await Promise.all([
    page.waitForResponse((r) => r.url().includes("/do/place-on-roadmap")),
    page.keyboard.press("Alt+Shift+ArrowRight"),
  ]);
  await page.goto("/p/RIDE/roadmap?view=timeline");
  assert.equal(await bar.getAttribute("data-ends"), plus(47));
  const end = bar.locator('[data-part="end"]');
  await end.scrollIntoViewIfNeeded();
  const box = await end.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + box.height / 2, { steps: 5 });
  await Promise.all([
    page.waitForResponse((r) => r.url().includes("/do/place-on-roadmap") && r.status() === 204),
    page.mouse.up(),
  ]);
  await page.goto("/p/RIDE/roadmap?view=timeline");
  assert.ok((await bar.getAttribute("data-ends")) > plus(47), "dragging did not move the end");
  assert.equal(await bar.getAttribute("data-starts"), plus(0));
  await whole(made.problem);
});

test("it is released, and all ten hear of it", async () => {
  await page.goto("/p/RIDE/releases");
  await send("plan-release", { title: "A basket for groups", audience: "Everybody with the app", strategy: "phased" });
  made.release = await keyOf("/p/RIDE/releases", "A basket for groups");
  await page.goto(`/${made.release}`);
  await send("add-to-release", { items: made.problem });
  await send("decide-release", { because: "Failures under 0.2 % in the rehearsal." }, ':has([value="go"])');
  await send("decide-release", {}, ':has([value="done"])');
  await says(`/${made.release}`, "released", "A group buys one by one");
  await whole(made.release);
  for (const [at, key] of made.evidence.entries()) {
    await page.goto(`/${key}`);
    const answer = "You can now buy for your whole group at once. Thank you for telling us.";
    const told = await page.locator('details.menu:has(form[action="/do/answer-evidence"])').textContent();
    assert.match(told, at < REACHED ? /A letter to/ : /Nobody can be written to/);
    await send("answer-evidence", at < REACHED ? { answer } : { answer, how: "On the phone" });
    await says(`/${key}`, "Answered on", ...(at < REACHED ? [] : ["On the phone"]));
    // Nobody is told twice.
    assert.equal(await page.locator('form[action="/do/answer-evidence"]').count(), 0);
  }
});

test("a quarter later one sees what it moved, and what the days between looked like", async () => {
  const folder = await server.leave();
  server = await startServer("demo", { folder, more: ["--days-ahead", String(QUARTER)] });
  await enter();
  await page.goto(`/${made.result}`);
  await send("check-in", { value: "120", confidence: "70", note: "Counted after the summer." });
  await page.goto(`/${made.business}`);
  await send("edit-need", { current: "22" });
  await send("value-need", { moment: "after", low: "50000", high: "54000", assumptions: "22 a week instead of 70, over a quarter." });
  await page.goto(`/${made.release}`);
  await send("review-outcome", { after_days: "90", finding: "Bookings by hand fell from 70 to 22 a week.", measure_before: "70", measure_now: "22", verdict: "moved" });
  await says(`/${made.release}`, "Then and now", "group bookings by hand a week", "80 % of what was expected", "Bookings by hand fell from 70 to 22 a week.", "90 days");
  for (const key of [made.problem, made.user, made.business, made.release]) await whole(key);
  await says(`/${made.problem}?at=${today}`, "as it stood on");
  await says(`/p/RIDE/roadmap?at=${today}`, "A group buys one by one");
  await says(`/p/RIDE/needs?at=${today}`, "as it stood on", "Fewer group bookings handled by hand");
  await says(`/p/RIDE/priorities?method=rice&at=${today}`, "as it stood on", "A group buys one by one");
  await says(`/p/RIDE/objectives?at=${today}`, "as it stood on");
  await says(`/p/RIDE/okr-report?at=${today}`, "as it stood on");
  assert.ok(!(await page.locator("body").innerText()).includes("Counted after the summer."), "the report of that day knows what came later");
  await says(`/${made.evidence[0]}`, USERS[0][1]);
  assert.deepEqual(page.troubles, []);
});
