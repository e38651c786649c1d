/**
 * One chunk of the connection index: the rows' figures as columns in one shared buffer, so that the
 * thread that reads writes them and the one that draws sees them without a copy.
 *
 * Some 100 bytes a row, and what its requests ask for as text beside them, up to MAX_TEXT_BYTES.
 */

/** Rows of a chunk: 6 MB of columns, for a capture of a few hundred connections as many pages as they need. */
export const CHUNK_ROWS = 65_536;

/** Bytes kept of what a connection's requests ask for: the first few targets. */
export const MAX_TEXT_BYTES = 96;

const DOUBLES = ['startNs', 'endNs', 'firstPacket', 'lastPacket', 'bytes', 'ttfbNs', 'idleNs'] as const;
const WORDS = ['stream', 'clientAddress', 'server', 'name', 'packets', 'requests', 'statuses', 'textAt'] as const;
const HALVES = ['clientPort', 'lastStatus', 'alpn', 'textLength'] as const;
const BYTES = ['protocol', 'close', 'reset', 'handshake'] as const;

/** Bytes of a row, text aside. */
export const ROW_BYTES = DOUBLES.length * 8 + WORDS.length * 4 + HALVES.length * 2 + BYTES.length;

type Doubles = Record<(typeof DOUBLES)[number], Float64Array>;
type Words = Record<(typeof WORDS)[number], Uint32Array>;
type Halves = Record<(typeof HALVES)[number], Uint16Array>;
type Bytes = Record<(typeof BYTES)[number], Uint8Array>;

/** A chunk's columns; `text` holds what its rows' `textAt` and `textLength` point to. */
export type Columns = Doubles & Words & Halves & Bytes & { readonly text: Uint8Array };

/** What passes between threads. */
export interface SharedChunk {
  readonly figures: SharedArrayBuffer;
  readonly text: SharedArrayBuffer;
}

/** Memory for one more chunk; the pages of rows that never come cost nothing. */
export function newChunk(rows: number): SharedChunk {
  return {
    figures: new SharedArrayBuffer(rows * ROW_BYTES),
    text: new SharedArrayBuffer(rows * MAX_TEXT_BYTES),
  };
}

/** The columns that lie in a chunk, widest first so that each is aligned. */
export function columnsOf({ figures, text }: SharedChunk): Columns {
  const rows = figures.byteLength / ROW_BYTES;
  let at = 0;
  const columns = { text: new Uint8Array(text) } as Record<string, unknown>;
  const place = (names: readonly string[], bytes: number, make: (at: number) => unknown): void => {
    for (const name of names) {
      columns[name] = make(at);
      at += rows * bytes;
    }
  };
  place(DOUBLES, 8, (from) => new Float64Array(figures, from, rows));
  place(WORDS, 4, (from) => new Uint32Array(figures, from, rows));
  place(HALVES, 2, (from) => new Uint16Array(figures, from, rows));
  place(BYTES, 1, (from) => new Uint8Array(figures, from, rows));
  return columns as Columns;
}
