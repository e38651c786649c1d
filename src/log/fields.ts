/**
 * A line of a log whose fields have names: JSON, or a table with a header. Operators name them as
 * they like; read are the names of the programs' own variables and those of their guides.
 */
import type { LogLine } from './log-line.js';
import { anyTime, endpointOf, requestOf, secondsNs } from './words.js';

/** Fields by name, lower case. */
export type Fields = ReadonlyMap<string, string>;

/** Names of one thing, the likelier first. */
const NAMES = {
  /** When it was over: what nginx, Caddy and ALB write. */
  end: ['msec', 'time_iso8601', 'time_local', '@timestamp', 'timestamp', 'time', 'ts', 'date'],
  /** When it began: what HAProxy and Envoy write. */
  start: ['accept_date', 'request_date', 'start_time', 'startutc', 'request_creation_time'],
  client: [
    'client_ip',
    'remote_addr',
    'clientip',
    'client_addr',
    'clientaddr',
    'client',
    'ci',
    'remote_ip',
    'downstream_remote_address',
  ],
  clientPort: ['client_port', 'remote_port', 'cp'],
  server: ['target_ip', 'upstream_addr', 'upstream_host', 'server_ip', 'si', 'backend_ip', 'target'],
  serverPort: ['target_port', 'sp', 'backend_port'],
  status: ['elb_status_code', 'status', 'status_code', 'response_code', 'downstreamstatus', 'http_status', 'sc_status'],
  targetStatus: ['target_status_code', 'upstream_status', 'originstatus', 'backend_status_code', 'backend_status'],
  flags: ['termination_state', 'term_state', 'tsc', 'ts', 'flags'],
  request: ['request', 'request_line', 'http_request'],
  method: ['request_verb', 'request_method', 'requestmethod', 'http_method', 'method', 'verb'],
  target: ['request_uri', 'request_url', 'requestpath', 'uri', 'http_path', 'path', 'url'],
  /** Seconds, and milliseconds. */
  seconds: ['request_time', 'duration_seconds'],
  milliseconds: ['ta', 'tt', 'time_total', 'total_time', 'duration_ms'],
} as const;
/** ALB's three times add up to the whole. */
const PARTS = ['request_processing_time', 'target_processing_time', 'response_processing_time'] as const;
const FLAGS = /^[-A-Za-z]{2}(?:[-A-Za-z]{2})?$/;

/** What named fields tell; `null`: no time, or no outcome. */
export function lineOfFields(fields: Fields): LogLine | null {
  const flags = first(fields, NAMES.flags, (text) => (FLAGS.test(text) ? text : null));
  const status = first(fields, NAMES.status, statusOf);
  const [end, start] = [first(fields, NAMES.end, anyTime), first(fields, NAMES.start, anyTime)];
  const at = flags !== null ? (start ?? end) : (end ?? start);
  if (at === null || (status === null && flags === null)) return null;
  const lastedNs = lasted(fields);
  const isStart = at === start;
  const targetText = wordOf(fields, NAMES.targetStatus);
  // Of several upstreams that were tried the last one answered, or did not.
  const targetStatus = targetText?.split(/[,:]\s*/).at(-1) ?? null;
  return {
    format: 'fields',
    startNs: isStart ? at.ns : at.ns - lastedNs,
    endNs: isStart ? at.ns + lastedNs : at.ns,
    // Three times, each to the millisecond.
    precisionNs: fields.has(PARTS[0]) ? Math.max(at.precisionNs, 3_000_000) : at.precisionNs,
    client: endpointIn(fields, NAMES.client, NAMES.clientPort),
    server: endpointIn(fields, NAMES.server, NAMES.serverPort),
    status: status === 0 && flags !== null ? null : status,
    targetStatus: targetStatus === null ? null : statusOf(targetStatus),
    unanswered: targetStatus === '-' || (targetText === '' && fields.has('elb_status_code')),
    flags,
    ...requestIn(fields),
  };
}

function requestIn(fields: Fields): Pick<LogLine, 'method' | 'target'> {
  const line = requestOf(wordOf(fields, NAMES.request) ?? '');
  const method = line.method ?? first(fields, NAMES.method, (text) => (/^[A-Z]{3,20}$/.test(text) ? text : null));
  return { method, target: line.target ?? wordOf(fields, NAMES.target) };
}

function endpointIn(fields: Fields, hosts: readonly string[], ports: readonly string[]): LogLine['client'] {
  const known = first(fields, hosts, (text) => endpointOf(text.split(/,\s*/).at(-1) ?? ''));
  if (known === null || known.port !== null) return known;
  const port = first(fields, ports, (text) => (/^\d{1,5}$/.test(text) && Number(text) > 0 ? Number(text) : null));
  return { ...known, port };
}

function lasted(fields: Fields): bigint {
  const parts = PARTS.map((name) => fields.get(name));
  if (parts.every((part) => part !== undefined)) return parts.reduce((sum, part) => sum + secondsNs(part), 0n);
  const seconds = wordOf(fields, NAMES.seconds);
  if (seconds !== null) return secondsNs(seconds);
  const milliseconds = wordOf(fields, NAMES.milliseconds);
  return milliseconds === null ? 0n : secondsNs(String(Number(milliseconds.replace('+', '')) / 1000));
}

function statusOf(text: string): number | null {
  return /^\d{1,3}$/.test(text) ? Number(text) : text === '-1' ? 0 : null;
}

function wordOf(fields: Fields, names: readonly string[]): string | null {
  return first(fields, names, (text) => text);
}

/** The first of these fields that says what is asked. */
function first<T>(fields: Fields, names: readonly string[], read: (text: string) => T | null): T | null {
  for (const name of names) {
    const text = fields.get(name);
    const found = text === undefined ? null : read(text);
    if (found !== null) return found;
  }
  return null;
}
