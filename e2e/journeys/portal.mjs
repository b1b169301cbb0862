// The public portal, from outside and from inside: opened by an admin, entered by a mailed link, an idea
// that waits until it is let in, votes and comments, a reply by mail when the thing ships, and the frame
// and the feed for everybody else.

import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { launch, logIn, openPage } from "../lib/browser.mjs";
import { assertLooksRight } from "../lib/checks.mjs";
import { startServer } from "../lib/server.mjs";

const OLIVE = { email: "olive@example.org", password: "a long enough word" };
const MO = "mo@example.net";
const KIM = "kim@example.net";
const SITE = "/portal/ferries";
const WORDS = "The last boat was full and nobody told us on the pier.";

let server;
let browser;
let folder;
let inside;
const visitors = {};
const made = {};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "wherefore-journey-"));
  server = await startServer("serve", { folder });
  browser = await launch();
  inside = await openPage(browser, server);
  await inside.goto(new URL(server.output().match(/http\S+\/setup\/\S+/)[0]).pathname);
  const fields = { workspace: "Harbour", name: "Olive", ...OLIVE, product_name: "Ferries", product_key: "FERRY" };
  await inside.getByText("Name the first product here already").click();
  for (const [name, value] of Object.entries(fields)) await inside.locator(`main [name="${name}"]`).fill(value);
  await inside.locator('main button[type="submit"]').click();
  await inside.waitForURL(/\/begin/);
  await inside.goto("/");
  await inside.getByRole("link", { name: "Ferries" }).first().waitFor();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens the menu that holds a form, fills it and sends it, as a person would. */
async function send(page, action, fields, has = "") {
  const form = page.locator(`form[action="/do/${action}"]${has}`).first();
  if (!(await form.isVisible())) {
    await page.locator(`details.menu:has(form[action="/do/${action}"]${has}) > summary`).first().click();
  }
  for (const [name, value] of Object.entries(fields)) {
    const field = form.locator(`[name="${name}"]:not([type="hidden"])`);
    if ((await field.evaluate((element) => element.tagName)) === "SELECT") await field.selectOption(value);
    else await field.fill(value);
  }
  await Promise.all([
    page.waitForResponse((r) => r.url().includes(`/do/${action}`) && r.status() === 303),
    form.locator('button:not([name]):not([type="button"]):not([formaction])').last().click(),
  ]);
  await page.waitForLoadState("networkidle");
}

/** A form of the portal, sent no faster than a person would. */
async function tell(page, action, fields) {
  const form = page.locator(`form[action="${action}"]`);
  for (const [name, value] of Object.entries(fields)) await form.locator(`[name="${name}"]`).fill(value);
  await page.waitForTimeout(2_200);
  await form.locator('button[type="submit"], button:not([type])').last().click();
  await page.waitForLoadState("networkidle");
}

/** The text of the letters to `address`, the oldest first, once there are `count` of them. */
async function lettersTo(address, count) {
  const mail = join(folder, "data", "mail");
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    const names = (await readdir(mail).catch(() => [])).filter((name) => name.endsWith(".eml")).sort();
    const all = await Promise.all(names.map((name) => readFile(join(mail, name), "utf8")));
    const found = all.filter((text) => text.includes(`To: `) && text.includes(address));
    if (found.length >= count) return found.map((text) => text.replace(/=\r\n/g, "").replace(/=3D/g, "="));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`there are not ${count} letters to ${address}`);
}

async function says(page, path, ...words) {
  const answer = await page.goto(path);
  assert.equal(answer.status(), 200, path);
  const text = await page.locator("body").innerText();
  const low = text.toLowerCase();
  for (const word of words) assert.ok(low.includes(word.toLowerCase()), `${path} does not say “${word}”:\n${text}`);
}

/** A browser of its own that came in by the link in its mail. */
async function comeIn(address, name) {
  const page = await openPage(browser, server, { javaScriptEnabled: false });
  await page.goto(`${SITE}/sign-in?back=${SITE}`);
  await tell(page, `${SITE}/sign-in`, { email: address, name });
  await page.getByText("a link is on its way").waitFor();
  const letter = (await lettersTo(address, 1)).at(-1);
  const link = letter.match(/\/portal\/ferries\/enter\/[\w-]+/)[0];
  await page.goto(link);
  await page.locator("main form button").click();
  await page.waitForURL((address) => address.pathname === SITE);
  assert.equal((await page.goto(link)).status() >= 400, true, "a link works once");
  visitors[name] = page;
}

test("it is closed until an admin opens it", async () => {
  const stranger = await openPage(browser, server);
  assert.equal((await stranger.goto(SITE)).status(), 404);
  await inside.goto("/p/FERRY/portal/settings");
  await send(inside, "set-portal", {
    open: "true",
    slug: "ferries",
    title: "Tell the ferries",
    intro: "What would make your crossing better?",
    moderated: "true",
    embed_hosts: "https://www.example.org",
  });
  await says(inside, "/p/FERRY/portal", "Open to everybody", "Nothing waits");
  await says(stranger, SITE, "Tell the ferries", "What would make your crossing better?", "Nothing here yet");
  await assertLooksRight(await openPage(browser, server), SITE, "portal-empty");
});

test("a visitor comes in by the link in a mail and says what is missing", async () => {
  await comeIn(MO, "Mo");
  const mo = visitors.Mo;
  await mo.goto(`${SITE}/new`);
  await tell(mo, `${SITE}/new`, { title: "Say early that a boat is full", text: WORDS });
  made.idea = new URL(mo.url()).pathname;
  await says(mo, made.idea, "Only you see this", WORDS);
  const stranger = await openPage(browser, server);
  assert.equal((await stranger.goto(made.idea)).status(), 404, "it waits");
});

test("what is filled in faster than a person could comes to nothing", async () => {
  const mo = visitors.Mo;
  await mo.goto(`${SITE}/new`);
  await mo.locator(`form[action="${SITE}/new"] [name="title"]`).fill("Cheap pills");
  await mo.locator(`form[action="${SITE}/new"] [name="website"]`).evaluate((field) => (field.value = "https://pills.example"));
  await mo.locator(`form[action="${SITE}/new"] button`).last().click();
  await inside.goto("/p/FERRY/portal");
  assert.equal(await inside.getByText("Cheap pills").count(), 0);
});

test("it is let in, and others ask for it and talk about it", async () => {
  await says(inside, "/p/FERRY/portal", "Say early that a boat is full", MO, "kept as");
  await Promise.all([
    inside.waitForResponse((r) => r.url().includes("/do/moderate-idea")),
    inside.getByRole("button", { name: "Let it in" }).first().click(),
  ]);
  const stranger = await openPage(browser, server);
  await says(stranger, SITE, "Say early that a boat is full", "1");
  assert.ok(!(await stranger.content()).includes(MO), "no address is shown outside");
  await comeIn(KIM, "Kim");
  const kim = visitors.Kim;
  await kim.goto(made.idea);
  await kim.getByRole("button", { name: "I ask for this too" }).click();
  await says(kim, made.idea, "2 people ask", "I no longer ask for this");
  await tell(kim, `${made.idea}/comments`, { text: "A text message an hour before would do." });
  await kim.getByText("Somebody here reads it").waitFor();
  await inside.goto("/p/FERRY/portal");
  await Promise.all([
    inside.waitForResponse((r) => r.url().includes("/do/moderate-comment")),
    inside.getByRole("button", { name: "Let it in" }).first().click(),
  ]);
  await says(stranger, made.idea, "A text message an hour before would do.", "Kim");
  await inside.goto("/p/FERRY/portal/ideas");
  await send(inside, "answer-idea", { text: "We are looking into text messages." });
  await says(stranger, made.idea, "We are looking into text messages.");
  await assertLooksRight(stranger, made.idea, "portal-idea");
});

test("when it ships, everybody who asked is told once, by mail", async () => {
  await inside.goto("/p/FERRY/portal/ideas");
  const key = await inside.locator("article h2 a").first().innerText();
  await inside.goto(`/${key}`);
  await send(inside, "triage-evidence", { title: "Know early whether there is room", kind: "user" }, ':has([name="how"][value="new-need"])');
  await inside.goto("/p/FERRY/needs");
  const need = (await inside.getByRole("link", { name: "Know early whether there is room" }).first().getAttribute("href")).slice(1);
  await inside.goto("/p/FERRY/opportunities");
  await send(inside, "frame-opportunity", { title: "Nobody knows that a boat is full" });
  const problem = (await inside.getByRole("link", { name: "Nobody knows that a boat is full" }).first().getAttribute("href")).slice(1);
  await inside.goto(`/${problem}`);
  await send(inside, "add-link", { to: need });
  await inside.goto("/p/FERRY/releases");
  await send(inside, "plan-release", { title: "Full boats are told", strategy: "big-bang" });
  await inside.goto("/p/FERRY/releases");
  const release = (await inside.getByRole("link", { name: "Full boats are told" }).first().getAttribute("href")).slice(1);
  await inside.goto(`/${release}`);
  await send(inside, "add-to-release", { items: problem });
  await send(inside, "decide-release", {}, ':has([value="go"])');
  await send(inside, "decide-release", {}, ':has([value="done"])');
  await inside.goto("/p/FERRY/portal/replies");
  await Promise.all([
    inside.waitForResponse((r) => r.url().includes("/do/draft-replies")),
    inside.getByRole("button", { name: "Look for more now" }).click(),
  ]);
  await inside.waitForLoadState("networkidle");
  await says(inside, "/p/FERRY/portal/replies", "shipped", "By mail to 2 people");
  await send(inside, "send-reply", { text: "Hello,\n\nyou are told by text message now.\n\nThank you for asking." });
  await says(inside, "/p/FERRY/portal/replies", "Everybody was told");
  for (const address of [MO, KIM]) {
    const letter = (await lettersTo(address, 2)).at(-1);
    assert.ok(letter.includes("told by text message now"), letter);
  }
  await says(inside, `/${key}`, "Answered on");
  await says(await openPage(browser, server), made.idea, "told by text message now");
});

test("the changelog has a feed, and the list stands in another page", async () => {
  await inside.goto("/p/FERRY/portal/changelog");
  await send(inside, "publish-change", { title: "Full boats are told", body: "You get a text message when your boat is **full**." });
  const stranger = await openPage(browser, server);
  await says(stranger, `${SITE}/changelog`, "Full boats are told", "text message when your boat is full");
  const feed = await (await fetch(`${server.url}${SITE}/changelog.atom`)).text();
  assert.ok(feed.includes("<feed") && feed.includes("Full boats are told"), feed);
  const embed = await fetch(`${server.url}${SITE}/embed`);
  assert.match(embed.headers.get("content-security-policy"), /frame-ancestors https:\/\/www\.example\.org/);
  assert.ok((await embed.text()).includes("Say early that a boat is full"));
  await says(stranger, `${SITE}/roadmap`, "Roadmap");
  await assertLooksRight(stranger, `${SITE}/changelog`, "portal-changelog");
});

test("a visitor is forgotten when they want it", async () => {
  const kim = visitors.Kim;
  await says(kim, `${SITE}/me`, KIM);
  await kim.locator(`form[action="${SITE}/forget-me"] [name="sure"]`).check();
  await kim.locator(`form[action="${SITE}/forget-me"] button`).last().click();
  await kim.waitForLoadState("networkidle");
  await inside.goto("/p/FERRY/portal/contacts");
  assert.equal(await inside.getByText(KIM).count(), 0);
  assert.deepEqual(inside.troubles, []);
});
