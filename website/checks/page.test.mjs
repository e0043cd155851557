// The telemetry page as a reader finds it, held against events.toml.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { open } from "./browser.mjs";
import { declarations, words } from "./declarations.mjs";
import { contrasts, outline } from "./reading.mjs";

const here = (path) => new URL(path, import.meta.url).pathname;
const PAGE = "/telemetry/";
const SCREENSHOTS = here("../../target/website/");
const declared = declarations(here("../../events.toml"));

let browser;
before(async () => (browser = await open(here("../dist"))));
after(() => browser?.close());

/** The text from a heading down to the next of its level. */
const below = (tab, id) =>
  tab.evaluate((id) => {
    const heading = document.getElementById(id);
    let text = heading?.innerText ?? "";
    for (let next = heading?.nextElementSibling; next; next = next.nextElementSibling) {
      if (next.tagName === heading.tagName) break;
      text += `\n${next.innerText}`;
    }
    return text.replace(/\s+/g, " ");
  }, id);

function assertShows(text, expected) {
  const missing = expected.filter((part) => !text.includes(part));
  assert.deepEqual(missing, [], `missing in: ${text}`);
}

test("every event, field and word is there", async () => {
  const tab = await browser.visit(PAGE);
  for (const event of declared.events) {
    const shown = await below(tab, `event-${event.name}`);
    assertShows(shown, [event.name, event.doc, event.why, `Level ${event.level}.`]);
    for (const field of event.fields) {
      assertShows(shown, [field.name, field.doc, ...Object.keys(field.values)]);
      for (const bound of [field.min, field.max].filter((bound) => bound !== undefined)) {
        assertShows(shown, [bound.toLocaleString("en-US")]);
      }
    }
  }
});

test("every word is explained, and listed", async () => {
  const tab = await browser.visit(PAGE);
  const shown = await tab.locator("main").innerText();
  for (const { values } of declared.events.flatMap((event) => event.fields)) {
    assertShows(shown, Object.values(values));
  }
  const listed = await tab.locator(".vocabulary code").allInnerTexts();
  const channels = ["dev", "alpha", "beta", "rc"];
  assert.deepEqual(new Set(listed), new Set([...words(declared), ...channels]));
});

test("promises are those of [policy] and [app]", async () => {
  const tab = await browser.visit(PAGE);
  const { policy, app } = declared;
  assertShows(await tab.locator("main").innerText(), [
    `${policy.retention_days} days`,
    `${policy.upload_batch_events} events`,
    `${policy.max_event_bits} bits`,
    app.endpoint,
    app.contact,
    app.turn_off,
  ]);
});

test("nothing is fetched and nothing runs", async () => {
  const tab = await browser.visit(PAGE);
  assert.deepEqual(tab.requests, [tab.url()]);
  assert.equal(await tab.locator("script, iframe, link[rel=stylesheet]").count(), 0);
});

for (const width of [320, 360, 768, 1280]) {
  test(`nothing is cut off at ${width} px`, async () => {
    const tab = await browser.visit(PAGE, { width });
    const wide = await tab.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll("main *, nav *")]
        .filter((element) => getComputedStyle(element).position !== "absolute")
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
        .map((element) => element.outerHTML.slice(0, 80)),
    );
    assert.deepEqual(wide, []);
    assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), width);
  });
}

test("headings, links and tables make sense without looking", async () => {
  const tab = await browser.visit(PAGE, { width: 360 });
  const { levels, ids, links, captions } = await outline(tab);
  assert.equal(levels.filter((level) => level === 1).length, 1);
  levels.reduce((before, level) => {
    assert.ok(level <= before + 1, `h${level} after h${before}`);
    return level;
  }, 0);
  assert.equal(new Set(ids).size, ids.length, "an id is there twice");
  assert.deepEqual(links.filter((id) => !ids.includes(id)), []);
  assert.ok(captions.every(Boolean), "a table without a caption");
  // Cells that a style sheet has set below each other are still cells.
  const devtools = await tab.context().newCDPSession(tab);
  const { nodes } = await devtools.send("Accessibility.getFullAXTree");
  const tables = nodes.filter((node) => node.role?.value === "table");
  assert.equal(tables.length, captions.length);
  assert.ok(tables.every((table) => table.name?.value), "a table without a name");
  const rows = nodes.filter((node) => node.role?.value === "rowheader");
  assert.equal(rows.length, await tab.locator("tbody tr").count());
});

for (const colorScheme of ["light", "dark"]) {
  test(`text stands out in ${colorScheme} colours`, async () => {
    const tab = await browser.visit(PAGE, { colorScheme });
    const faint = (await contrasts(tab)).filter(({ ratio }) => ratio < 4.5);
    assert.deepEqual(faint, []);
  });
}

test("screenshots to look at", async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  for (const [name, width] of [["narrow", 360], ["wide", 1280]]) {
    for (const colorScheme of ["light", "dark"]) {
      const tab = await browser.visit(PAGE, { width, colorScheme });
      await tab.screenshot({ path: `${SCREENSHOTS}${name}-${colorScheme}.png`, fullPage: true });
    }
  }
  const tab = await browser.visit(PAGE);
  await tab.pdf({ path: `${SCREENSHOTS}print.pdf`, format: "A4" });
});
