/**
 * The field section of a message: what a field block says, sorted. RFC 9113 §8.2, §8.3.
 *
 * One is used for all blocks of a connection; what it holds is taken out before the next is read.
 */
import type { Field } from '../../facts/field.js';
import { targetText } from '../../text/redaction.js';
import type { FieldSink } from '../hpack/field-block-reader.js';
import { StaticTable } from '../hpack/static-table.js';
import { UNKNOWN_NAME } from '../hpack/vocabulary.js';
import {
  hiddenField,
  indexOfName,
  isOfRequests,
  KEPT_FIELDS,
  keptField,
  keptIndex,
  repeats,
  signOf,
} from '../kept-fields.js';

/** Fields kept of one message, as in HTTP/1. */
export const MAX_KEPT_FIELDS = 128;

const METHOD = indexOfName(':method');
const SCHEME = indexOfName(':scheme');
const AUTHORITY = indexOfName(':authority');
const PATH = indexOfName(':path');
const PROTOCOL = indexOfName(':protocol');
const STATUS = indexOfName(':status');
const HOST = indexOfName('host');
const CONTENT_LENGTH = indexOfName('content-length');
const GRPC_STATUS = indexOfName('grpc-status');
const TE = indexOfName('te');

const PSEUDO: readonly number[] = [METHOD, SCHEME, AUTHORITY, PATH, PROTOCOL, STATUS];
/**
 * What exchanges are made of is shown even where its sender would not have it indexed: in HTTP/1 it stands in
 * the start line. Of a target the query is hidden, which is what a sender may mean.
 */
const NEVER_HIDDEN: ReadonlySet<number> = new Set([...PSEUDO, CONTENT_LENGTH, GRPC_STATUS]);
/** Fields of a connection, which HTTP/2 has no use for. RFC 9113 §8.2.2. */
const CONNECTION_SPECIFIC = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'].map(
  indexOfName,
);

/** What a field is for, by its name's index. */
const REGULAR = 0;
const IS_PSEUDO = 1;
const IS_CONNECTION_SPECIFIC = 2;
const PURPOSES = new Uint8Array(Object.keys(KEPT_FIELDS).length).fill(REGULAR);
for (const name of PSEUDO) PURPOSES[name] = IS_PSEUDO;
for (const name of CONNECTION_SPECIFIC) PURPOSES[name] = IS_CONNECTION_SPECIFIC;

/** The static table in terms of the kept fields. A field that its sender marks as never to be indexed is a secret: its value is hidden. */
export const KEPT_STATICS = new StaticTable({
  indexOf: keptIndex,
  repeats,
  field: (name, view, start, end, isSecret) => {
    if (isSecret && !NEVER_HIDDEN.has(name)) return hiddenField(name);
    const field = keptField(name, view, start, end);
    return isSecret && name === PATH ? { name: field.name, value: targetText(field.value, false) } : field;
  },
});

const NO_FIELDS: readonly Field[] = Object.freeze([]);

/** See the head of this file. */
export class FieldSection implements FieldSink {
  method: string | null = null;
  scheme: string | null = null;
  authority: string | null = null;
  path: string | null = null;
  protocol: string | null = null;
  host: string | null = null;
  /** -1: none. */
  status = -1;
  /** `null`: none, or no number. */
  contentLength: number | null = null;
  grpcStatus: number | null = null;
  /** Kept fields in order, pseudo-fields left out: the first so many are of the block in hand. A list that is emptied would make room anew. */
  private readonly kept: Field[] = [];
  private keptCount = 0;
  /** Signs (facts/signs) of all sections so far. */
  signs = 0;
  /** Some fields are not known, or all. */
  isUnknown = false;
  /** What is against RFC 9113 §8.2 and §8.3; `null`: nothing. */
  flaw: 'h2-connection-specific-field' | 'h2-misplaced-pseudo-field' | null = null;
  private hasRegular = false;

  begin(): void {
    this.method = null;
    this.scheme = null;
    this.authority = null;
    this.path = null;
    this.protocol = null;
    this.host = null;
    this.status = -1;
    this.contentLength = null;
    this.grpcStatus = null;
    this.keptCount = 0;
    this.isUnknown = false;
    this.flaw = null;
    this.hasRegular = false;
  }

  /** The kept fields, in a list of their own: made of the right size, for exchanges keep them. */
  takeFields(): readonly Field[] {
    return this.keptCount === 0 ? NO_FIELDS : this.kept.slice(0, this.keptCount);
  }

  field(name: number, field: Field | null, isUnknown: boolean): void {
    if (isUnknown || name === UNKNOWN_NAME) {
      this.isUnknown = true;
      return;
    }
    if (field === null) {
      this.hasRegular = true;
      return;
    }
    this.signs |= signOf(name);
    const purpose = PURPOSES[name];
    if (purpose === IS_PSEUDO) {
      if (this.hasRegular) this.flaw = 'h2-misplaced-pseudo-field';
      this.takePseudo(name, field.value);
      return;
    }
    this.hasRegular = true;
    if (name === HOST) this.host ??= field.value;
    else if (name === CONTENT_LENGTH) this.contentLength ??= decimal(field.value);
    else if (name === GRPC_STATUS) this.grpcStatus ??= decimal(field.value);
    else if (purpose === IS_CONNECTION_SPECIFIC || (name === TE && field.value !== 'trailers'))
      this.flaw = 'h2-connection-specific-field';
    if (this.keptCount === MAX_KEPT_FIELDS || (this.status >= 0 && isOfRequests(name))) return;
    this.kept[this.keptCount] = field;
    this.keptCount += 1;
  }

  private takePseudo(name: number, value: string): void {
    switch (name) {
      case METHOD:
        this.method = value;
        break;
      case SCHEME:
        this.scheme = value;
        break;
      case AUTHORITY:
        this.authority = value;
        break;
      case PATH:
        this.path = value;
        break;
      case PROTOCOL:
        this.protocol = value;
        break;
      default: {
        const status = value.length === 3 ? decimal(value) : null;
        this.status = status ?? -1;
      }
    }
  }
}

/** 1*DIGIT that a double holds exactly; `null` for anything else. */
function decimal(text: string): number | null {
  if (text.length === 0 || text.length > 15) return null;
  let value = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return value;
}
