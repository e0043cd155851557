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

/** A browser with a profile of its own, which remembers nothing. */
export async function open(folder) {
  const server = await serve(folder);
  const profile = await mkdtemp(join(tmpdir(), "telemetry-website-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: FLAGS,
  });
  return {
    /** A new tab on this path, and in `requests` all that it asked for. */
    async visit(path, { width = 1280, colorScheme = "light" } = {}) {
      const tab = await context.newPage();
      tab.requests = [];
      tab.on("request", (request) => tab.requests.push(request.url()));
      await tab.setViewportSize({ width, height: 900 });
      await tab.emulateMedia({ colorScheme });
      const response = await tab.goto(`http://127.0.0.1:${server.address().port}${path}`);
      if (!response.ok()) throw new Error(`${path}: ${response.status()}`);
      return tab;
    },
    async close() {
      await context.close();
      server.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
