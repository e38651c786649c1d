/** The static table: common fields that both sides know from the start. RFC 7541 appendix A. */
import type { Field } from '../../facts/field.js';
import { HuffmanValues } from './huffman-values.js';
import { UNNAMED, type Vocabulary } from './vocabulary.js';

/** Name and value of each entry, from index 1 on. */
const ENTRIES: readonly (readonly [name: string, value: string])[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '200'],
  [':status', '204'],
  [':status', '206'],
  [':status', '304'],
  [':status', '400'],
  [':status', '404'],
  [':status', '500'],
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ['accept-language', ''],
  ['accept-ranges', ''],
  ['accept', ''],
  ['access-control-allow-origin', ''],
  ['age', ''],
  ['allow', ''],
  ['authorization', ''],
  ['cache-control', ''],
  ['content-disposition', ''],
  ['content-encoding', ''],
  ['content-language', ''],
  ['content-length', ''],
  ['content-location', ''],
  ['content-range', ''],
  ['content-type', ''],
  ['cookie', ''],
  ['date', ''],
  ['etag', ''],
  ['expect', ''],
  ['expires', ''],
  ['from', ''],
  ['host', ''],
  ['if-match', ''],
  ['if-modified-since', ''],
  ['if-none-match', ''],
  ['if-range', ''],
  ['if-unmodified-since', ''],
  ['last-modified', ''],
  ['link', ''],
  ['location', ''],
  ['max-forwards', ''],
  ['proxy-authenticate', ''],
  ['proxy-authorization', ''],
  ['range', ''],
  ['referer', ''],
  ['refresh', ''],
  ['retry-after', ''],
  ['server', ''],
  ['set-cookie', ''],
  ['strict-transport-security', ''],
  ['transfer-encoding', ''],
  ['user-agent', ''],
  ['vary', ''],
  ['via', ''],
  ['www-authenticate', ''],
];

/** Names by index less one. */
export const STATIC_NAMES: readonly string[] = ENTRIES.map(([name]) => name);

/** Highest index of the static table; the dynamic table's begin behind it. RFC 7541 §2.3.3. */
export const STATIC_ENTRIES = ENTRIES.length;

/** Index of the last pseudo-field of requests; they begin with `:authority` at 1. */
export const LAST_REQUEST_ENTRY = 7;
/** Index of the last pseudo-field of responses, `:status`; they stand behind those of requests. */
export const LAST_STATUS_ENTRY = 14;

/** The static table in the terms of a vocabulary. Made once for each. */
export class StaticTable {
  /** By index, 0 unused: the name's index in the vocabulary, its length, and the field where it is kept. */
  readonly names = new Int16Array(STATIC_ENTRIES + 1).fill(UNNAMED);
  readonly nameLengths = new Uint8Array(STATIC_ENTRIES + 1);
  readonly valueLengths = new Uint8Array(STATIC_ENTRIES + 1);
  readonly fields: (Field | null)[] = [null];

  /** Values in terms of the same vocabulary. */
  readonly values: HuffmanValues;

  constructor(readonly vocabulary: Vocabulary) {
    this.values = new HuffmanValues(vocabulary);
    ENTRIES.forEach(([name, value], at) => {
      const nameBytes = Buffer.from(name, 'latin1');
      const valueBytes = Buffer.from(value, 'latin1');
      const index = vocabulary.indexOf(nameBytes, 0, nameBytes.length);
      this.names[at + 1] = index;
      this.nameLengths[at + 1] = nameBytes.length;
      this.valueLengths[at + 1] = valueBytes.length;
      this.fields.push(index < 0 ? null : vocabulary.field(index, valueBytes, 0, valueBytes.length, false));
    });
  }
}
