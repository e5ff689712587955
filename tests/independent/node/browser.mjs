// Drives Debian's Chromium by npm's playwright-core, a line of JSON for each step. What a page asks for, complains of or is
// refused by its security policy is written down, whichever page it is.
import fs from "node:fs";
import readline from "node:readline";
import { chromium } from "playwright-core";

const [executablePath, axe] = process.argv.slice(2);
const PATIENCE = 50_000; // milliseconds for anything at all; reached only when something hangs
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args, env: { ...process.env, TZ: "UTC" } });
const contexts = new Map(), tabs = new Map(), devices = new Map();
const seen = { origins: new Set(), complaints: [], refusals: [] };

// A page that is refused is told to the console as well, and so is what a form asks before it is sent; those are what a
// journey asked for, and it looks at what is shown.
const isRefusedPage = (message) => message.text().startsWith("Failed to load resource") &&
  seen.refusals.includes(message.location().url);

const watch = (context) => {
  context.on("request", (request) => seen.origins.add(new URL(request.url()).origin));
  context.on("response", (response) => {
    const expected = response.request().isNavigationRequest() || response.url().endsWith("/passkeys/options");
    if (response.status() >= 400 && expected) seen.refusals.push(response.url());
  });
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !isRefusedPage(message)) {
      seen.complaints.push(`${message.location().url}: ${message.text()}`);
    }
  });
  context.on("weberror", (error) => seen.complaints.push(String(error.error())));
};

// Runs in the page, whose own policy forbids scripts from elsewhere: this comes by the debugger, which no policy binds.
const serious = async (page) => {
  await page.evaluate(fs.readFileSync(axe, "utf8"));
  return page.evaluate(async () => {
    const found = await window.axe.run(document, { resultTypes: ["violations"] });
    return found.violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.map((node) => node.html) }));
  });
};

const by = (select) => async ({ tab, selector }) => select(tabs.get(tab).locator(selector));

const methods = {
  version: async () => browser.version(),
  // A tab; one by the same `person` has the same cookies.
  open: async ({ tab, person, ...options }) => {
    if (!contexts.has(person)) {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(PATIENCE);
      watch(context);
      contexts.set(person, context);
    }
    tabs.set(tab, await contexts.get(person).newPage());
  },
  leave: async ({ person }) => {
    await contexts.get(person).close();
    contexts.delete(person);
  },
  goto: async ({ tab, url }) => (await tabs.get(tab).goto(url))?.status(),
  // The page that was shown before, unless it leads on at once.
  back: async ({ tab }) => (await tabs.get(tab).goBack())?.status(),
  reload: async ({ tab }) => (await tabs.get(tab).reload())?.status(),
  address: async ({ tab }) => tabs.get(tab).url(),
  cookies: async ({ person }) => contexts.get(person).cookies(),
  // From now on both are known by the same cookies.
  share: async ({ person, other }) => contexts.get(other).addCookies(await contexts.get(person).cookies()),
  // A click that leads to another page ends when that page has begun; whoever looked at the old one meanwhile would find what
  // both have there, go on, and be interrupted by the new one.
  click: by((locator) => locator.click()),
  // Two clicks that the page gets before it can do anything about the first.
  click_twice: by((locator) => locator.evaluate((element) => { element.click(); element.click(); })),
  shown: by((locator) => locator.first().waitFor()),
  attached: by((locator) => locator.first().waitFor({ state: "attached" })),
  count: by((locator) => locator.count()),
  visible: by((locator) => locator.first().isVisible()),
  text: by((locator) => locator.first().innerText()),
  fill: async ({ tab, selector, value }) => tabs.get(tab).locator(selector).fill(value),
  select: async ({ tab, selector, value }) => tabs.get(tab).locator(selector).selectOption(value),
  attribute: async ({ tab, selector, name }) => tabs.get(tab).locator(selector).first().getAttribute(name),
  // A device that keeps passkeys and is unlocked by its owner, or is not; it belongs to the tab.
  device: async ({ tab, unlocks }) => {
    const page = tabs.get(tab);
    if (!devices.has(tab)) {
      const session = await page.context().newCDPSession(page);
      await session.send("WebAuthn.enable");
      const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
        automaticPresenceSimulation: true };
      const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", { options });
      devices.set(tab, { session, authenticatorId });
    }
    const { session, authenticatorId } = devices.get(tab);
    await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: unlocks });
    return (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials.length;
  },
  press: async ({ tab, key }) => tabs.get(tab).keyboard.press(key),
  type: async ({ tab, value }) => tabs.get(tab).keyboard.type(value),
  // Whether what has the keyboard is this, and whether one sees that.
  has_focus: async ({ tab, selector }) => tabs.get(tab).evaluate((wanted) => {
    const one = document.activeElement, style = one && getComputedStyle(one);
    const visible = style && ((style.outlineStyle !== "none" && style.outlineWidth !== "0px") || style.boxShadow !== "none");
    return { is: Boolean(one?.matches(wanted)), visible: Boolean(visible), tag: one?.outerHTML.slice(0, 120) };
  }, selector),
  look: async ({ tab, dark, width }) => {
    await tabs.get(tab).emulateMedia({ colorScheme: dark ? "dark" : "light" });
    await tabs.get(tab).setViewportSize({ width, height: 800 });
  },
  // How much wider than the window the page is, and which elements stand out of it.
  too_wide: async ({ tab }) => tabs.get(tab).evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement;
    const out = [...document.querySelectorAll("body *")].filter((one) => {
      const { left, right } = one.getBoundingClientRect();
      return right > clientWidth + 0.5 || left < -0.5;
    });
    return { by: scrollWidth - clientWidth, elements: out.map((one) => one.outerHTML.slice(0, 120)) };
  }),
  language: async ({ tab }) => tabs.get(tab).evaluate(() => [document.documentElement.lang, document.documentElement.dir,
    getComputedStyle(document.querySelector("main")).direction]),
  screenshot: async ({ tab, path, selector }) => {
    const page = tabs.get(tab);
    await (selector ? page.locator(selector).screenshot({ path }) : page.screenshot({ path, fullPage: true }));
  },
  serious: async ({ tab }) => serious(tabs.get(tab)),
  seen: async () => ({ origins: [...seen.origins], complaints: seen.complaints }),
  end: async () => browser.close(),
};

// A page that hangs must not keep the browser from being closed.
const late = () => new Promise((_, reject) => setTimeout(reject, PATIENCE, "this hangs").unref());

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { method, options } = JSON.parse(line);
  const answer = await Promise.race([methods[method](options), late()]).then((value) => ({ value }), (error) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
