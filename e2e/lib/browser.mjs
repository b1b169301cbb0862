// Chromium with a fresh profile, pages in each look, and logging in.

import { chromium } from "playwright-core";

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 800 };

/** The ways in which every page has to look right. */
export const LOOKS = {
  light: { colorScheme: "light", viewport: DESK },
  dark: { colorScheme: "dark", viewport: DESK },
  phone: { colorScheme: "light", viewport: PHONE, hasTouch: true },
};

/** Starts Chromium. It has no sandbox, since containers run as root; it only sees our own pages. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-dev-shm-usage",
    ],
  });
}

/**
 * A page of its own browser context, reaching nothing but `server`. What goes wrong in the page
 * (uncaught errors, console errors, refused content) is collected in `page.troubles`.
 */
export async function openPage(browser, server, { look = "light", javaScriptEnabled = true } = {}) {
  const context = await browser.newContext({
    ...LOOKS[look],
    baseURL: server.url,
    javaScriptEnabled,
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
  });
  await context.route(
    (address) => address.origin !== server.url,
    (route) => route.abort("blockedbyclient"),
  );
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.troubles = [];
  page.on("pageerror", (error) => page.troubles.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") page.troubles.push(message.text());
  });
  return page;
}

/** Logs in through the form, as a person would. */
export async function logIn(page, { email, password }) {
  await page.goto("/login");
  await page.locator('input[name="email"]').fill(email);
  await page.locator('input[name="password"]').fill(password);
  await page.locator('form:has(input[name="password"]) [type="submit"]').click();
  await page.waitForURL((address) => address.pathname !== "/login");
}
