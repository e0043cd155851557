// Pages of every kind, filled from declarations whose text looks like markup:
// a reader finds each text as it was declared.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { open } from "./browser.mjs";
import { declarations } from "./declarations.mjs";

const folder = new URL("hostile/", import.meta.url).pathname;
const declared = declarations(`${folder}events.toml`);

/** All free text of the declarations, with what a page is to show of it. */
function* texts() {
  const { title, endpoint, contact, turn_off } = declared.app;
  yield* [title, endpoint, contact, turn_off];
  for (const { doc, values } of Object.values(declared.enums)) yield* [doc, ...Object.values(values)];
  for (const { doc, why, owner, review, fields } of declared.events) {
    yield* [doc, why, owner, review, ...fields.map((field) => field.doc)].filter(Boolean);
  }
}

let browser;
before(async () => (browser = await open(`${folder}dist`)));
after(() => browser?.close());

for (const page of ["markdown", "mdx", "astro", "html"]) {
  test(`${page} shows text as it was declared`, async () => {
    const tab = await browser.visit(`/${page}.html`);
    const shown = await tab.evaluate(() => document.body.innerText.replace(/\s+/g, " "));
    const lost = [...texts()].filter((text) => !shown.includes(text));
    assert.deepEqual(lost, []);
    assert.equal(await tab.locator("script, em, b, blockquote, hr, img, body h1").count(), 0);
  });
}

test("plain text is plain", () => {
  const shown = readFileSync(`${folder}dist/text.txt`, "utf8");
  const lost = [...texts()].filter((text) => !shown.includes(text.replaceAll("[[", "[ [")));
  assert.deepEqual(lost, []);
});
