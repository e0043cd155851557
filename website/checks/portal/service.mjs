// The real service and the real commands, each run in a folder of its own.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("../../../", import.meta.url).pathname;
const built = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug");

/** A machine that emits and has no network; `export` and `forget` write. */
export function machine() {
  const folder = mkdtempSync(join(tmpdir(), "telemetry-machine-"));
  const env = { ...process.env, CARO_TELEMETRY_DIR: join(folder, "telemetry"), CARO_TELEMETRY_ENABLED: "true", HOME: folder, CI: "" };
  const run = (program, ...args) => execFileSync(join(built, program), args, { env, stdio: "pipe" });
  const file = (name) => join(folder, name);
  return {
    emit: (...requests) => requests.forEach((request) => run("examples/caro", request)),
    export() {
      run("caro-telemetry", "export", "--force", "-o", file("telemetry.jsonl"));
      return file("telemetry.jsonl");
    },
    forget() {
      run("caro-telemetry", "forget", "--force", "-o", file("forget.jsonl"));
      return file("forget.jsonl");
    },
    /** A file beside the others. */
    write(name, text) {
      writeFileSync(file(name), text);
      return file(name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const sealed = (text) => `${text}{"sha256":"${createHash("sha256").update(text).digest("hex")}"}\n`;

/** The lines of a bundle after a change, with the checksum of the change. */
export function changed(path, change) {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -2);
  return sealed(`${change(lines).join("\n")}\n`);
}

/** A bundle of the newest generation with these lines. */
export function bundle({ app, generations: [{ number, fingerprint }] }, lines) {
  const header = { bundle: "caro-telemetry", format: 1, kind: "events", app, generation: number, fingerprint, events: lines.length };
  return sealed(`${[JSON.stringify(header), ...lines].join("\n")}\n`);
}

/** Events as `cargo telemetry sample` makes them. */
export function sample(...args) {
  const manifest = ["--manifest", join(root, "events.toml")];
  const text = execFileSync(join(built, "cargo-telemetry"), ["telemetry", "sample", ...manifest, ...args], { encoding: "utf8" });
  return text.trimEnd().split("\n");
}

/** The service, on a free port of 127.0.0.1. */
export async function serve() {
  const folder = mkdtempSync(join(tmpdir(), "telemetry-ingest-"));
  const args = ["--listen", "127.0.0.1:0", "--data", join(folder, "data"), "--manifest", join(root, "events.toml")];
  const child = spawn(join(built, "telemetry-ingest"), args, { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next().then(({ value }) => [value]);
  const origin = /http:\/\/[^;]+/.exec(line)[0];
  return {
    origin,
    metric: async (name) => {
      const text = await fetch(`${origin}/metrics`).then((response) => response.text());
      return Number(new RegExp(`^telemetry_${name} (\\d+)$`, "m").exec(text)[1]);
    },
    async close() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
