// The portal of a running service, used as somebody would who brings a file.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, beforeEach, test } from "node:test";
import { openAt } from "../browser.mjs";
import { declarations } from "../declarations.mjs";
import { contrasts, outline } from "../reading.mjs";
import { changed, machine, serve } from "./service.mjs";

const here = (path) => new URL(path, import.meta.url).pathname;
const SCREENSHOTS = here("../../../target/portal/");
const PICTURE = here("../../../docs/portal.png");
/** What was on the page when that was taken. */
const SHOWN = here("picture.json");
const declared = declarations(here("../../../events.toml"));

let service, browser, cut;
before(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  service = await serve();
  browser = await openAt(service.origin);
});
beforeEach(() => {
  cut?.remove();
  cut = machine();
  cut.emit("list files", "install caro", "list files");
});
after(async () => {
  cut?.remove();
  await browser?.close();
  await service?.close();
});

const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const text = (tab, selector) => tab.locator(selector).innerText();
const send = (tab) => tab.getByRole("button", { name: /^Send/ });
const cell = (tab, row) => tab.locator("#became tr", { hasText: row }).locator("td").first().innerText();

/** Chooses a file, and waits until something is said of it. */
async function bring(tab, path) {
  await tab.setInputFiles("#file", path);
  await tab.locator("#said .verdict").waitFor();
}

test("the page says what the running declarations say", async () => {
  const tab = await browser.visit("/");
  const main = await text(tab, "main");
  const { policy, app, events } = declared;
  for (const part of [`${policy.retention_days} days`, app.turn_off, ...events.flatMap(({ name, doc, why }) => [name, doc, why])]) {
    assert.ok(main.includes(part), part);
  }
  assert.doesNotMatch(await tab.content(), /telemetry:section[^>]*-->\s*<!-- \/telemetry:section/);
});

test("everything comes from the service, and nothing else may run", async () => {
  const tab = await browser.visit("/");
  await bring(tab, cut.export());
  assert.deepEqual(tab.requests.filter((url) => !url.startsWith(service.origin)), []);
  assert.deepEqual(tab.errors, []);
  const policy = (await fetch(service.origin)).headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|https?:|data:|\*/);
  assert.equal(await tab.locator("[style], style, script:not([src])").count(), 0);
  // What a page is not allowed to do does not happen.
  const ran = await tab.evaluate(async () => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    const elsewhere = await fetch("http://127.0.0.1:9/").then(() => true, () => false);
    return [window.ran === true, elsewhere];
  });
  assert.deepEqual(ran, [false, false]);
});

test("a bundle is shown before anything is sent, then kept once", async () => {
  const tab = await browser.visit("/");
  const path = cut.export();
  const lines = readFileSync(path, "utf8").trim().split("\n");
  const before = await service.metric("events_accepted_total");
  await bring(tab, path);
  assert.equal(await text(tab, "#said strong"), "This file can be sent.");
  const found = await text(tab, "#found");
  for (const part of ["12 events of 1 session", "caro, generation 1", "It is that of the lines.", "session_start"]) {
    assert.ok(found.includes(part), `${part}: ${found}`);
  }
  await tab.locator("summary").click();
  assert.equal(await text(tab, "#found pre"), lines.slice(1, -1).join("\n"));
  assert.equal(await service.metric("events_accepted_total"), before);
  assert.ok(!tab.requests.some((url) => url.includes("/api/")));
  await send(tab).click();
  await tab.locator("#became h3").waitFor();
  assert.deepEqual([await cell(tab, "accepted"), await cell(tab, "known")], ["12", "0"]);
  assert.equal(await service.metric("events_accepted_total"), before + 12);
  await bring(tab, path);
  await send(tab).click();
  await tab.locator("#became h3").waitFor();
  assert.deepEqual([await cell(tab, "accepted"), await cell(tab, "known")], ["0", "12"]);
  assert.equal(await service.metric("events_accepted_total"), before + 12);
});

test("by keyboard alone", async () => {
  const tab = await browser.visit("/");
  const path = cut.export();
  // The browser is told to hand the dialog over long before it opens.
  const chooser = tab.waitForEvent("filechooser");
  const focused = () => tab.evaluate(() => document.activeElement.id || document.activeElement.innerText);
  await tab.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the content");
  for (let pressed = 0; (await focused()) !== "file"; pressed += 1) {
    assert.ok(pressed < 40, "the file cannot be reached");
    await tab.keyboard.press("Tab");
  }
  await tab.keyboard.press("Enter");
  await (await chooser).setFiles(path);
  await send(tab).waitFor();
  for (let pressed = 0; !(await focused()).startsWith("Send"); pressed += 1) {
    assert.ok(pressed < 10, "the button cannot be reached");
    await tab.keyboard.press("Tab");
  }
  const outlined = await tab.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(outlined, "none", "what has the focus cannot be seen");
  await tab.keyboard.press("Enter");
  await tab.locator("#became h3").waitFor();
  assert.equal(await focused(), "What became of it");
  assert.equal(await cell(tab, "accepted"), "12");
});

test("a request to delete is told from events, and deletes", async () => {
  const tab = await browser.visit("/");
  await bring(tab, cut.export());
  await send(tab).click();
  await tab.locator("#became h3").waitFor();
  await bring(tab, cut.forget());
  assert.match(await text(tab, "#found"), /request to delete what was received of \d+ session/);
  await send(tab).click();
  await tab.getByText("12 events of").waitFor();
  assert.match(await text(tab, "#said"), /were deleted/);
});

test("a damaged file is not sent, and the line that is wrong is told", async () => {
  const tab = await browser.visit("/");
  const path = cut.export();
  const whole = readFileSync(path, "utf8");
  const header = (from, to) => changed(path, ([first, ...lines]) => [first.replace(from, to), ...lines]);
  const cases = [
    [whole.slice(0, -90), /Line 13: .*cut off/],
    [whole.slice(0, -1), /Line 14: .*cut off/],
    [whole.replace('"session_end"', '"session_End"'), /Line 14: The checksum is not/],
    ["hello\n", /Line 1: This is not the first line of a bundle/],
    ["\u0000\uffff", /Line 1: This is not the first line/],
    ["", /Line 1: This is not the first line/],
    [header('"app":"caro"', '"app":"other"'), /Line 1: The file is from other, and/],
    [header('"generation":1', '"generation":9'), /Line 1: A newer version wrote this/],
    [header('"fingerprint":"', '"fingerprint":"0'), /Line 1: Another build wrote this/],
    [header('"events":12', '"events":13'), /Line 1: This says that 13 lines follow, and 12 do/],
    [header('"format":1', '"format":2'), /Line 1: The file has the format 2/],
  ];
  for (const [content, expected] of cases) {
    await tab.setInputFiles("#file", []);
    await bring(tab, cut.write("damaged.jsonl", content));
    assert.match(await text(tab, "#said"), expected);
    assert.equal(await send(tab).count(), 0);
  }
  assert.deepEqual(tab.errors, []);
});

test("what the service would not take is told before, and is what it does not take", async () => {
  const tab = await browser.visit("/");
  const path = cut.export();
  const odd = changed(path, (lines) => {
    const edits = [['"linux"', '"beos"'], ['"success":true', '"success":1'], ['"commands_generated":1', '"commands_generated":1.0'], ['"session_end"', '"session_paused"']];
    let next = 0;
    return lines.map((line, index) => {
      if (index === 0 || next === edits.length || !line.includes(edits[next][0])) return line;
      return line.replace(...edits[next++]);
    });
  });
  await bring(tab, cut.write("odd.jsonl", odd));
  // 1.0 is the same number to a browser, and not to the service.
  assert.match(await text(tab, "#said strong"), /^9 of 12 events can be sent\./);
  const told = await tab.locator("#found table").last().locator("tbody tr").count();
  assert.equal(told, 3);
  await send(tab).click();
  await tab.locator("#became h3").waitFor();
  assert.deepEqual([await cell(tab, "accepted"), await cell(tab, "refused"), await cell(tab, "later")], ["8", "2", "2"]);
  assert.equal(await tab.locator("#became table").last().locator("tbody tr").count(), 4);
});

test("a name that looks like markup is a name", async () => {
  const tab = await browser.visit("/");
  const bundle = readFileSync(cut.export(), "utf8");
  const path = cut.write("<img src=x onerror=alert(1)>.jsonl", bundle);
  await bring(tab, path);
  assert.ok((await text(tab, "#found")).includes("<img src=x onerror=alert(1)>.jsonl"));
  assert.equal(await tab.locator("main img").count(), 0);
});

test("a service that is gone loses nothing", async () => {
  const tab = await browser.visit("/");
  await bring(tab, cut.export());
  await tab.route("**/api/bundles", (route) => route.abort());
  await send(tab).click();
  await tab.getByText("The service could not be reached.").waitFor();
  await tab.unroute("**/api/bundles");
  assert.ok(await send(tab).isEnabled());
  await send(tab).click();
  await tab.locator("#became h3").waitFor();
  assert.equal(await cell(tab, "accepted"), "12");
});

for (const width of [320, 768, 1280]) {
  for (const stage of ["page", "found", "became"]) {
    test(`nothing is cut off at ${width} px: ${stage}`, async () => {
      const tab = await browser.visit("/", { width });
      if (stage !== "page") await bring(tab, cut.export());
      if (stage === "became") {
        await send(tab).click();
        await tab.locator("#became h3").waitFor();
      }
      assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), width);
    });
  }
}

test("headings, links and tables make sense without looking", async () => {
  const tab = await browser.visit("/");
  await bring(tab, cut.export());
  const { levels, ids, links, captions } = await outline(tab);
  assert.equal(levels.filter((level) => level === 1).length, 1);
  levels.reduce((before, level) => {
    assert.ok(level <= before + 1, `h${level} after h${before}`);
    return level;
  }, 0);
  assert.equal(new Set(ids).size, ids.length, "an id is there twice");
  assert.deepEqual(links.filter((id) => !ids.includes(id)), []);
  assert.ok(captions.every(Boolean), "a table without a caption");
  assert.equal(await tab.getByLabel("Choose a file, or drop it here").count(), 1);
  assert.equal(await tab.getByRole("status").count(), 1);
});

for (const colorScheme of ["light", "dark"]) {
  test(`text stands out in ${colorScheme} colours`, async () => {
    const tab = await browser.visit("/", { colorScheme });
    await bring(tab, cut.export());
    const faint = (await contrasts(tab)).filter(({ ratio }) => ratio < 4.5);
    assert.deepEqual(faint, []);
  });
}

test("screenshots to look at", async () => {
  const path = cut.export();
  for (const [name, width] of [["narrow", 360], ["wide", 1280]]) {
    for (const colorScheme of ["light", "dark"]) {
      const tab = await browser.visit("/", { width, colorScheme });
      const shot = (stage) => tab.screenshot({ path: `${SCREENSHOTS}${name}-${colorScheme}-${stage}.png` });
      await shot("page");
      await bring(tab, path);
      await tab.locator("#bring").scrollIntoViewIfNeeded();
      await shot("found");
      await send(tab).click();
      await tab.locator("#became h3").waitFor();
      await shot("became");
      await bring(tab, cut.write("damaged.jsonl", "hello\n"));
      await shot("damaged");
    }
  }
});

// Pixels differ with the fonts of a machine; what they are made of does not.
test("the README's picture is of this page", async () => {
  const tab = await browser.visit("/", { width: 760 });
  await bring(tab, cut.export());
  const from = await tab.locator("#bring").boundingBox();
  const to = await tab.locator("#found .actions").boundingBox();
  const clip = { x: 0, y: from.y - 12, width: 760, height: to.y + to.height + 24 - from.y };
  const taken = await tab.screenshot({ fullPage: true, clip });
  const section = tab.locator("section", { has: tab.locator("#bring") });
  const lines = (await section.innerText()).split("\n").filter((line) => line.trim());
  const styles = await tab.locator("link[rel=stylesheet]").evaluateAll((links) => links.map(({ href }) => href));
  assert.ok(lines.length > 10 && styles.length > 0);
  const looks = await Promise.all(styles.map((url) => fetch(url).then((response) => response.text())));
  // What is another each time, or with each change of the declarations, is no reason to take it anew.
  const changing = [[/\d{4}-[\d-]+T[\d:]+Z/g, "TIME"], [/[\d,]+ bytes/, "N bytes"], [/generation \d+/, "generation N"]];
  const shown = {
    text: lines.map((line) => changing.reduce((line, [from, to]) => line.replace(from, to), line)),
    styles: sha256(looks.join("\n")),
  };
  if (process.env.BLESS) {
    writeFileSync(PICTURE, taken);
    writeFileSync(SHOWN, `${JSON.stringify({ ...shown, png: sha256(taken) }, null, 2)}\n`);
  }
  const { png, ...before } = JSON.parse(readFileSync(SHOWN, "utf8"));
  const remake = "BLESS=1 .ci/portal takes docs/portal.png anew; look at it";
  assert.deepEqual(shown, before, remake);
  assert.equal(sha256(readFileSync(PICTURE)), png, remake);
});
