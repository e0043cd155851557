// The box for bundles: shows what is in a file, and sends it when told to.
import { Refusal, read, summary } from "/bundle.js";

const MOST_SHOWN = 500;

const at = (id) => document.getElementById(id);
const [box, drop, input, said, found, became] = ["box", "drop", "file", "said", "found", "became"].map(at);
const number = new Intl.NumberFormat("en").format;
const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

/** An element with attributes and children; text stays text. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const verdict = (kind, what, more) => make("p", { class: `verdict ${kind}` }, make("strong", {}, what), more);

const facts = (pairs) =>
  make("dl", { class: "short" }, ...pairs.map(([term, fact]) => make("div", {}, make("dt", {}, term), make("dd", {}, fact))));

function table(caption, columns, rows) {
  const head = columns.map(([title, kind]) => make("th", { scope: "col", ...(kind && { class: kind }) }, title));
  const body = rows.map(([first, ...others]) => {
    const cells = others.map((cell, index) => {
      const [title, kind] = columns[index + 1];
      return make("td", { "data-column": title, ...(kind && { class: kind }) }, cell);
    });
    return make("tr", {}, make("th", { scope: "row" }, first), ...cells);
  });
  return make("table", {}, make("caption", {}, caption), make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body));
}

const code = (text) => make("code", {}, text);

function clear() {
  for (const part of [said, found, became]) part.replaceChildren();
}

function refuse(error) {
  const line = error instanceof Refusal ? `Line ${error.line}: ` : "";
  said.replaceChildren(verdict("bad", "This file cannot be sent.", line + error.message));
}

/** All lines, each as it is in the file. */
function everyLine(lines) {
  const more = lines.length - MOST_SHOWN;
  const pre = make("pre", { tabindex: "0", "aria-label": "The lines of the file" }, lines.slice(0, MOST_SHOWN).join("\n"));
  const rest = more > 0 ? [make("p", {}, `${plural(more, "more line")} in the file.`)] : [];
  return make("details", {}, make("summary", {}, "Every line, as it would be sent"), pre, ...rest);
}

function describe(name, size, bundle, counted) {
  const { header } = bundle;
  const common = [
    ["File", `${name}, ${plural(size, "byte")}`],
    ["Written by", `${header.app}, generation ${header.generation}`],
    ["Checksum", bundle.checked ? "It is that of the lines." : "This browser cannot compute it here; the service will."],
  ];
  if (counted.kind === "deletion") {
    return [facts([["What", `A request to delete what was received of ${plural(counted.sessions, "session")}`], ...common])];
  }
  const times = counted.first ? `${counted.first} to ${counted.last}` : "none";
  const all = bundle.lines.length;
  const parts = [
    facts([["What", `${plural(all, "event")} of ${plural(counted.sessions, "session")}`], ["When", times], ...common]),
    table("Events in the file", [["event"], ["count", "number"]], [...counted.counts].map(([event, count]) => [code(event), number(count)])),
  ];
  if (counted.faults.length > 0) parts.push(...unfit(counted.faults));
  return parts;
}

function unfit(faults) {
  const rows = faults.slice(0, MOST_SHOWN).map(({ line, what }) => [number(line), what]);
  return [make("h3", {}, "What the service would not take"), table("Lines that would not be taken", [["line"], ["why"]], rows)];
}

function offer(bytes, bundle, counted) {
  const all = bundle.lines.length;
  const what = counted.kind === "deletion" ? "Send the request to delete" : `Send ${plural(all, "event")}`;
  const send = make("button", { type: "button", class: "main" }, what);
  const leave = make("button", { type: "button" }, "Do not send");
  send.addEventListener("click", () => deliver(bytes, [send, leave]));
  leave.addEventListener("click", () => {
    clear();
    input.value = "";
    said.replaceChildren(verdict("", "Nothing was sent.", ""));
    input.focus();
  });
  return make("p", { class: "actions" }, send, leave);
}

/** Shows what is in a file; sends nothing. */
async function show(file) {
  clear();
  try {
    const declarations = await fetch("/declarations.json").then((response) => response.json());
    if (file.size > declarations.most_bytes) {
      throw new Refusal(1, `The file has ${plural(file.size, "byte")}; ${number(declarations.most_bytes)} are taken at a time.`);
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    const bundle = await read(bytes, declarations);
    const counted = summary(bundle, declarations);
    const fit = bundle.lines.length - counted.faults.length;
    const whole = counted.faults.length === 0;
    said.replaceChildren(
      whole
        ? verdict("good", "This file can be sent.", "Nothing was sent yet. This is what is in it:")
        : verdict("bad", `${number(fit)} of ${plural(bundle.lines.length, "event")} can be sent.`, "Nothing was sent yet. This is what is in it:"),
    );
    found.replaceChildren(
      make("h3", {}, "What is in the file"),
      ...describe(file.name, file.size, bundle, counted),
      everyLine(bundle.lines),
      offer(bytes, bundle, counted),
    );
  } catch (error) {
    refuse(error);
  }
}

async function deliver(bytes, buttons) {
  for (const button of buttons) button.disabled = true;
  said.replaceChildren(verdict("", "Sending …", ""));
  try {
    const response = await fetch("/api/bundles", { method: "POST", body: bytes, credentials: "omit" });
    const text = await response.text();
    if (response.ok) {
      report(JSON.parse(text));
    } else if (response.status === 422) {
      const { line, reason } = JSON.parse(text);
      failed("The service did not take the file.", `Line ${line}: ${reason}`, buttons);
    } else {
      failed("The service did not take the file.", text, buttons);
    }
  } catch {
    failed("The service could not be reached.", "What was not acknowledged may be sent again: nothing is counted twice.", buttons);
  }
}

function failed(what, why, buttons) {
  said.replaceChildren(verdict("bad", what, why));
  for (const button of buttons) button.disabled = false;
  buttons[0].focus();
}

/** What became of what was sent. */
function report(answer) {
  found.replaceChildren();
  input.value = "";
  const heading = make("h3", { tabindex: "-1" }, "What became of it");
  if (answer.kind === "deletion") {
    const gone = `${plural(answer.deleted, "event")} of ${plural(answer.sessions, "session")}`;
    said.replaceChildren(verdict("good", `${gone} were deleted.`, "This service’s store shows them to nobody any more."));
    became.replaceChildren();
    return;
  }
  const { accepted, known, refused, later } = answer;
  const bad = refused + later;
  said.replaceChildren(
    bad === 0
      ? verdict("good", "Everything is kept.", "The file is not needed any more.")
      : verdict("bad", `${plural(bad, "event")} ${bad === 1 ? "was" : "were"} not taken.`, "The others are kept."),
  );
  const rows = [
    ["accepted", number(accepted), "new, and kept now"],
    ["known", number(known), "kept since an earlier time; nothing is counted twice"],
    ["refused", number(refused), "not what is declared; no version could mean anything by it"],
    ["later", number(later), "unknown here; a newer version of the service may know it, so keep the file"],
  ];
  became.replaceChildren(heading, table("What became of the events", [["answer"], ["count", "number"], ["what it means"]], rows));
  if (answer.lines.length > 0) {
    const lines = answer.lines.map(({ line, path, expected }) => [number(line), code(path || "event"), expected ?? "a newer service"]);
    became.append(table("Lines that were not taken", [["line"], ["where"], ["what would be right"]], lines));
  }
  heading.focus();
}

input.addEventListener("change", () => (input.files.length > 0 ? show(input.files[0]) : clear()));

for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const kind of ["dragleave", "drop"]) {
  drop.addEventListener(kind, () => drop.classList.remove("over"));
}
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file) show(file);
});
box.hidden = false;
