// Reads a bundle as `telemetry-wire` does, to show what is in it. The service
// has the last word: this says beforehand what it will be.

const START = '{"bundle":"caro-telemetry"';
const SEAL = /^\{"sha256":"([0-9a-f]{64})"\}$/;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SESSION = /^[0-9a-f]{16}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(?!000)\d{3})?Z$/;
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([a-z]+)(?:\.([1-9]\d*))?)?$/;
const DAY = 86_400_000;
/** How far ahead of the service's clock a machine's may be. */
const AHEAD = 2 * DAY;

/** A reason not to take a file, and the line that gives it. */
export class Refusal extends Error {
  constructor(line, reason) {
    super(reason);
    this.line = line;
  }
}

/** Takes a file apart; `declarations` are those of the service. */
export async function read(bytes, declarations) {
  const text = decode(bytes);
  const lines = text.split("\n");
  const header = parseHeader(lines[0]);
  const ended = lines.at(-1) === "";
  if (ended) lines.pop();
  if (!ended || lines.length < 2 || !SEAL.test(lines.at(-1))) {
    throw new Refusal(lines.length, "The last line is not that of a bundle. The file was cut off; copy it again.");
  }
  const seal = lines.pop();
  const checked = await digest(bytes.subarray(0, bytes.length - seal.length - 1));
  if (checked && checked !== SEAL.exec(seal)[1]) {
    throw new Refusal(
      lines.length + 1,
      "The checksum is not that of the lines before it. The file was damaged or changed after it was written; copy it again.",
    );
  }
  mustFit(header, declarations);
  lines.shift();
  const counted = header[header.kind === "events" ? "events" : "requests"];
  if (lines.length !== counted) {
    throw new Refusal(1, `This says that ${counted} lines follow, and ${lines.length} do.`);
  }
  return { header, lines, checked: Boolean(checked) };
}

function decode(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal(1, "This is no text.");
  }
}

function parseHeader(line) {
  if (!line.startsWith(START)) {
    throw new Refusal(1, "This is not the first line of a bundle. The commands export and forget write bundles.");
  }
  const header = parse(line);
  if (!header) throw new Refusal(1, "The first line cannot be read. The file was changed after it was written.");
  if (header.format !== 1) throw new Refusal(1, `The file has the format ${header.format}, and this service reads 1.`);
  if (!["events", "deletion"].includes(header.kind)) throw new Refusal(1, "The file is of a kind that is not known here.");
  return header;
}

/** Whether the service's program, or an older one, wrote the file. */
function mustFit(header, { app, generations }) {
  if (header.app !== app) throw new Refusal(1, `The file is from ${header.app}, and this service receives ${app}.`);
  const newest = generations[0].number;
  if (header.generation > newest) {
    throw new Refusal(
      1,
      `A newer version wrote this: it is of generation ${header.generation}, and this service knows ${newest}. Keep the file until the service was brought up to date.`,
    );
  }
  const known = generations.find(({ number }) => number === header.generation);
  if (known?.fingerprint !== header.fingerprint) {
    throw new Refusal(1, `Another build wrote this: its generation ${header.generation} is not known here.`);
  }
}

function parse(line) {
  try {
    const value = JSON.parse(line);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

/** SHA-256 in hexadecimal digits; null where the browser has none to offer,
 * which is so on pages that come over plain HTTP from another machine. */
async function digest(bytes) {
  if (!globalThis.crypto?.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What is wrong with the line of an event: null for nothing. */
export function fault(line, { generations, retention_ms }, now = Date.now()) {
  const event = parse(line);
  if (!event) return "This is no event.";
  const keys = ["id", "session_id", "timestamp", "event_type"];
  if (Object.keys(event).join() !== keys.join()) return "An event has other keys.";
  if (!ID.test(event.id)) return "The id is none.";
  if (!SESSION.test(event.session_id)) return "The session’s id is none.";
  const time = milliseconds(event.timestamp);
  if (time === null) return "The time is none.";
  if (time < now - retention_ms) return "It is older than events are kept.";
  if (time > now + AHEAD) return "Its time has not been yet.";
  const faults = generations.map(({ events }) => said(event.event_type, events));
  return faults.includes(null) ? null : faults[0];
}

/** A time; null for none, such as the 30th of February. */
function milliseconds(text) {
  const time = TIME.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) return null;
  return new Date(time).toISOString().startsWith(text.slice(0, 19)) ? time : null;
}

function said(event, events) {
  if (event === null || typeof event !== "object") return "It says nothing.";
  const { type, ...fields } = event;
  const declared = Object.hasOwn(events, type) ? events[type] : null;
  if (!declared) return `There is no event ${JSON.stringify(type)}.`;
  const unknown = Object.keys(fields).find((name) => !declared.some((field) => field.name === name));
  if (unknown !== undefined) return `${type} has no field ${JSON.stringify(unknown)}.`;
  const wrong = declared.find((field) => !Object.hasOwn(fields, field.name) || !fits(fields[field.name], field));
  return wrong ? `The field ${wrong.name} of ${type} cannot be that.` : null;
}

function fits(value, field) {
  if (value === null) return field.optional;
  switch (field.kind) {
    case "bool":
      return typeof value === "boolean";
    case "choice":
      return field.values.includes(value);
    case "set":
      return Array.isArray(value) && new Set(value).size === value.length && value.every((word) => field.values.includes(word));
    case "integer":
      return Number.isInteger(value) && value >= field.min && value <= field.max && (!field.steps || field.steps.includes(value));
    default:
      return typeof value === "string" && isVersion(value, field);
  }
}

function isVersion(text, { channels, most }) {
  const [, major, minor, patch, channel, count] = VERSION.exec(text) ?? [];
  if (major === undefined || (channel && !channels.includes(channel))) return false;
  return [major, minor, patch, count ?? 0].every((number, index) => Number(number) <= most[index]);
}

/** What a bundle carries, counted. */
export function summary({ header, lines }, declarations) {
  if (header.kind === "deletion") {
    const ids = parse(lines[0])?.session_ids;
    if (!Array.isArray(ids) || !ids.every((id) => SESSION.test(id))) throw new Refusal(2, "This is no request to delete.");
    return { kind: "deletion", sessions: ids.length, faults: [] };
  }
  const counts = new Map();
  const sessions = new Set();
  const faults = [];
  let [first, last] = [null, null];
  lines.forEach((line, index) => {
    const wrong = fault(line, declarations);
    if (wrong) {
      faults.push({ line: index + 2, what: wrong });
      return;
    }
    const { session_id, timestamp, event_type } = parse(line);
    counts.set(event_type.type, (counts.get(event_type.type) ?? 0) + 1);
    sessions.add(session_id);
    if (first === null || timestamp < first) first = timestamp;
    if (last === null || timestamp > last) last = timestamp;
  });
  return { kind: "events", counts, sessions: sessions.size, first, last, faults };
}
