// A built site, served on this machine only, and a browser to read it with.
import { createServer } from "node:http";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css" };

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Serves a folder on a free port of 127.0.0.1. */
async function serve(folder) {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, "http://localhost").pathname);
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    try {
      const body = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain" });
      response.end(body);
    } catch {
      response.writeHead(404);
      response.end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}

/** A built site and a browser to read it with. */
export async function open(folder) {
  const server = await serve(folder);
  const browser = await openAt(`http://127.0.0.1:${server.address().port}`);
  return {
    ...browser,
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** A browser for what is served at this address, with a profile of its own,
 * which remembers nothing. */
export async function openAt(origin) {
  const profile = await mkdtemp(join(tmpdir(), "telemetry-website-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: FLAGS,
  });
  return {
    /** A new tab on this path; in `requests` all that it asked for, and in
     * `errors` all that it complained about. */
    async visit(path, { width = 1280, colorScheme = "light" } = {}) {
      const tab = await context.newPage();
      tab.requests = [];
      tab.errors = [];
      tab.on("request", (request) => tab.requests.push(request.url()));
      tab.on("console", (message) => message.type() === "error" && tab.errors.push(message.text()));
      tab.on("pageerror", (error) => tab.errors.push(String(error)));
      await tab.setViewportSize({ width, height: 900 });
      await tab.emulateMedia({ colorScheme });
      const response = await tab.goto(`${origin}${path}`);
      if (!response.ok()) throw new Error(`${path}: ${response.status()}`);
      return tab;
    },
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
