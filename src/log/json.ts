/** Logs in JSON, an object a line: nginx's `log_format … escape=json`, HAProxy's JSON formats, and what containers wrap lines in. */
import { type Fields, lineOfFields } from './fields.js';
import type { LogLine } from './log-line.js';

/** Objects within objects that are looked into: `{"http": {"status": 502}}`. */
const MAX_DEPTH = 3;
const MAX_FIELDS = 400;
/** Where container runtimes and collectors put the line itself. */
const WRAPPERS: readonly string[] = ['log', 'message', 'msg', 'textpayload', '_raw'];

/** A line of it, whatever syslog puts before it; `null`: it is none. @param inner Reads a line that is wrapped in another. */
export function jsonLine(text: string, inner: (text: string) => LogLine | null): LogLine | null {
  const begin = text.indexOf('{');
  if (begin < 0 || !text.endsWith('}')) return null;
  let value: unknown;
  try {
    value = JSON.parse(text.slice(begin));
  } catch {
    return null;
  }
  const fields = fieldsOf(value);
  const line = lineOfFields(fields);
  if (line !== null) return line;
  for (const name of WRAPPERS) {
    const wrapped = fields.get(name)?.trim();
    if (wrapped !== undefined && wrapped !== text) {
      const found = inner(wrapped);
      if (found !== null) return found;
    }
  }
  return null;
}

/** An object's figures and words by name, those of objects within it too: the outer ones count first. */
function fieldsOf(value: unknown): Fields {
  const fields = new Map<string, string>();
  let level: unknown[] = [value];
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const next: unknown[] = [];
    for (const object of level) {
      if (typeof object !== 'object' || object === null) continue;
      for (const [name, field] of Object.entries(object)) {
        const key = name.toLowerCase();
        if (typeof field === 'object') next.push(field);
        else if (fields.size < MAX_FIELDS && !fields.has(key)) fields.set(key, String(field));
      }
    }
    level = next;
  }
  return fields;
}
