/** What a report says of a capture, and where two of them differ. */
import { writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { diagnose } from '../../dist/library/index.js';

/** Bytes that a pipe brings at once: no record ends where they do. */
const PIECE = 4093;
/** Numbers of interfaces are not those of every form: SLL has none, each section begins anew. */
const INTERFACE_FIELD = /^(?:request|answer)Interface$/;
const INTERFACE_WORDS = / on interface \d+/g;

/**
 * All of it but what differs by right: how large the capture is, what it is called, and its link types. It is
 * read from a pipe, or from `file` where there is one to write it to.
 * @param {Buffer} capture @param {readonly string[]} keyLogs @param {string | null} file @returns {Promise<unknown>}
 */
export async function reportOf(capture, keyLogs, file) {
  if (file !== null) writeFileSync(file, capture);
  const pieces = Array.from({ length: Math.ceil(capture.length / PIECE) }, (_, index) =>
    capture.subarray(index * PIECE, (index + 1) * PIECE),
  );
  const { captures, ...report } = await diagnose(file ?? '-', { keyLogs, input: Readable.from(pieces) });
  const [{ start, durationSeconds, packets, snappedPackets, warnings } = {}] = captures;
  const said = { ...report, capture: { start, durationSeconds, packets, snappedPackets, warnings } };
  return JSON.parse(
    JSON.stringify(said, (key, value) => {
      if (INTERFACE_FIELD.test(key)) return undefined;
      return typeof value === 'string' ? value.replaceAll(INTERFACE_WORDS, '') : value;
    }),
  );
}

/** Where two reports differ first; `null`: nowhere. @param {unknown} one @param {unknown} other @param {string} [place] @returns {string | null} */
export function differenceOf(one, other, place = 'report') {
  if (isDeepStrictEqual(one, other)) return null;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return `${place}: ${shown(one)}, now ${shown(other)}`;
  const [before, now] = [new Map(Object.entries(one)), new Map(Object.entries(other))];
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    const found = differenceOf(before.get(key), now.get(key), `${place}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

/** @param {unknown} value */
function shown(value) {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 160);
}
