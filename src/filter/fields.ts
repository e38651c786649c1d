/**
 * takes: nothing. gives: the filter language: its fields, a parser, a matcher, a completer. may: use
 * text. may not: know connections, findings or packets; whoever filters says what a row's values are.
 *
 * The fields that a filter may name, and how values of each are compared.
 */

/**
 * `word`: equal, in any case. `rank`: the same, and ordered. `text`: holds it, in any case.
 * `endpoint`: address, network or address and port. The others are numbers, written with units.
 */
export type FieldKind = 'word' | 'rank' | 'text' | 'endpoint' | 'number' | 'status' | 'duration' | 'size';

interface FieldDefinition {
  readonly kind: FieldKind;
  /** For completion and messages. */
  readonly help: string;
  /** Every value it can have, from most to least for a `rank`; absent: any. */
  readonly choices?: readonly string[];
}

/** In order of their place in completion. */
export const FIELDS = {
  rule: { kind: 'word', help: 'id of a rule that found something' },
  sev: { kind: 'rank', help: 'severity', choices: ['critical', 'warning', 'notice'] },
  conf: { kind: 'rank', help: 'confidence', choices: ['certain', 'likely', 'possible'] },
  server: { kind: 'endpoint', help: 'address, network or address:port of the server' },
  client: { kind: 'endpoint', help: 'address, network or address:port of the client' },
  name: { kind: 'text', help: 'host name of the server' },
  port: { kind: 'number', help: 'port of either side' },
  proto: { kind: 'word', help: 'protocol', choices: ['http/1.1', 'h2', 'websocket', 'tls', 'unknown'] },
  alpn: { kind: 'word', help: 'protocol agreed in TLS' },
  sni: { kind: 'text', help: 'name asked for in TLS' },
  authority: { kind: 'text', help: 'host of a request' },
  method: { kind: 'word', help: 'method of a request' },
  path: { kind: 'text', help: 'target of a request' },
  status: { kind: 'status', help: 'status of a response: 502, 5xx, none' },
  close: { kind: 'word', help: 'how it ended', choices: ['fin', 'rst', 'open'] },
  reset: { kind: 'word', help: 'who reset it', choices: ['client', 'server', 'none'] },
  handshake: { kind: 'word', help: 'of TCP, as seen', choices: ['complete', 'partial', 'none'] },
  stream: { kind: 'number', help: 'tcp.stream' },
  packet: { kind: 'number', help: 'frame.number' },
  time: { kind: 'duration', help: 'from first to last packet' },
  ttfb: { kind: 'duration', help: 'longest wait for the first byte of a response' },
  idle: { kind: 'duration', help: 'longest pause' },
  bytes: { kind: 'size', help: 'payload of both sides' },
  requests: { kind: 'number', help: 'how many' },
  finding: { kind: 'word', help: 'id of a finding: F1, or none' },
  marked: { kind: 'word', help: 'marked with Space', choices: ['yes', 'no'] },
} as const satisfies Record<string, FieldDefinition>;

/** A field that a filter may name. */
export type FieldName = keyof typeof FIELDS;

/** All of them, in order. */
export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];

/** Stands for the absence of a value: `status:none`. */
export const NONE = 'none';

/** Whether a word names a field. */
export function isFieldName(word: string): word is FieldName {
  return Object.hasOwn(FIELDS, word);
}

/** The values that a field can have, from most to least for a rank; `null`: any. */
export function choicesOf(field: FieldName): readonly string[] | null {
  const definition: FieldDefinition = FIELDS[field];
  return definition.choices ?? null;
}
