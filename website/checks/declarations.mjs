// events.toml, read here without any of the code that made the pages.
import { readFileSync } from "node:fs";
import { parse } from "smol-toml";

export function declarations(path) {
  const toml = parse(readFileSync(path, "utf8"));
  const events = Object.entries(toml.events).map(([name, event]) => ({
    name,
    ...event,
    fields: Object.entries(event.fields ?? {}).map(([field, declared]) => ({
      name: field,
      ...declared,
      values: declared.values ?? toml.enums?.[declared.enum]?.values ?? {},
    })),
  }));
  return { ...toml, events };
}

/** Every word that stands for something on the wire. */
export function words({ events }) {
  const of = (event) => [
    event.name,
    ...event.fields.flatMap((field) => [field.name, ...Object.keys(field.values)]),
  ];
  return new Set(["id", "session_id", "timestamp", "event_type", "type", ...events.flatMap(of)]);
}
