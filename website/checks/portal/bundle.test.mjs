// What the browser says of an event beforehand is what the service says of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fault } from "../../../telemetry-ingest/src/portal/bundle.js";
import { bundle, sample, serve } from "./service.mjs";

let service, declarations;
before(async () => {
  service = await serve();
  declarations = await fetch(`${service.origin}/declarations.json`).then((response) => response.json());
});
after(() => service?.close());

const send = async (text) => {
  const response = await fetch(`${service.origin}/api/bundles`, { method: "POST", body: text });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
};

/** The same event, today. */
const now = (line) => line.replace(/"timestamp":"[^"]*"/, `"timestamp":"${new Date().toISOString().slice(0, 19)}Z"`);

test("whatever the program can say is taken", async () => {
  const lines = [...sample("-n", "400"), ...sample("--cover")].map(now);
  assert.deepEqual(lines.map((line) => fault(line, declarations)).filter(Boolean), []);
  const { accepted, known } = await send(bundle(declarations, lines));
  // The tool gives some ids twice.
  assert.equal(accepted + known, lines.length);
});

test("a time is one of the calendar", () => {
  const [line] = sample("-n", "1");
  const at = (time) => fault(line.replace(/"timestamp":"[^"]*"/, `"timestamp":"${time}"`), declarations, Date.UTC(2026, 1, 20));
  for (const time of ["2026-02-19T23:59:59Z", "2026-02-20T00:00:00.001Z"]) assert.equal(at(time), null, time);
  for (const time of ["2026-02-30T00:00:00Z", "2026-02-19T24:00:00Z", "2026-02-19T00:00:60Z", "2026-02-19T00:00:00.000Z", "2026-2-19T00:00:00Z"]) {
    assert.equal(at(time), "The time is none.", time);
  }
});

/** Numbers that look random and are the same in every run: mulberry32. */
function* numbers(seed) {
  for (;;) {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield (mixed ^ (mixed >>> 14)) >>> 0;
  }
}

test("of a changed event both say the same", async () => {
  const random = numbers(7);
  const below = (most) => random.next().value % most;
  const characters = '0123456789abcdefstu-._"{}[]:, ';
  const change = (line) => {
    const at = below(line.length);
    const to = characters[below(characters.length)];
    return line.slice(0, at) + to + line.slice(at + [0, 1, 1, 2][below(4)]);
  };
  const [taken, refused] = [[], []];
  for (let round = 0; round < 8; round += 1) {
    const lines = sample("-n", "400", "--seed", String(round)).map(now).map(change);
    const answer = await send(bundle(declarations, lines));
    const not = new Set(answer.lines.map(({ line }) => line - 2));
    assert.equal(not.size, answer.refused + answer.later, "not all are named");
    lines.forEach((line, index) => {
      const said = fault(line, declarations);
      (not.has(index) ? refused : taken).push({ line, said });
    });
  }
  assert.ok(taken.length > 20 && refused.length > 1_000, `${taken.length} and ${refused.length}`);
  // What is taken was not said to be refused.
  assert.deepEqual(taken.filter(({ said }) => said !== null), []);
  // What is refused was said to be, but where a browser reads what is written
  // in another form than the one as the same.
  const same = (line) => JSON.stringify(JSON.parse(line)) === line;
  assert.deepEqual(refused.filter(({ line, said }) => said === null && same(line)), []);
});
