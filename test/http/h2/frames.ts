/** Frames as text would have them: `headers(1, [':method: GET', ...])`. Fields are literals, with or without indexing. */
import type { Side } from '../../../src/facts/endpoint.js';
import type { Piece } from './recording.js';

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** END_STREAM, END_HEADERS, PADDED, PRIORITY. */
export const END = 1;
export const END_HEADERS = 4;
export const PADDED = 8;
export const PRIORITY = 0x20;

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** A field block of literals; `indexed`: they enter the table. */
export function block(fields: readonly string[], indexed = false): Buffer {
  return Buffer.concat(
    fields.map((field) => {
      const colon = field.indexOf(':', 1);
      return Buffer.concat([Buffer.of(indexed ? 0x40 : 0), text(field.slice(0, colon)), text(field.slice(colon + 2))]);
    }),
  );
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

export function headers(stream: number, fields: readonly string[], flags = END_HEADERS): Buffer {
  return frame(1, flags, stream, block(fields));
}

export function data(stream: number, content: string, flags = 0): Buffer {
  return frame(0, flags, stream, Buffer.from(content, 'latin1'));
}

export function settings(values: Readonly<Record<number, number>> = {}): Buffer {
  return frame(
    4,
    0,
    0,
    Buffer.concat(
      Object.entries(values).map(([id, value]) => {
        const one = Buffer.alloc(6);
        one.writeUInt16BE(Number(id), 0);
        one.writeUInt32BE(value, 2);
        return one;
      }),
    ),
  );
}

export function windowUpdate(stream: number, increment: number): Buffer {
  return frame(8, 0, stream, word(increment));
}

export function reset(stream: number, code: number): Buffer {
  return frame(3, 0, stream, word(code));
}

export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export const GET = [':method: GET', ':scheme: http', ':path: /a', ':authority: a.example'];
export const OK = [':status: 200'];

/** Bytes in a packet of their own. */
export const sent = (from: Side, ...bytes: readonly Uint8Array[]): Piece => ({ from, bytes: Buffer.concat(bytes) });

/** The beginning of each connection. */
export const BEGIN: readonly Piece[] = [sent('client', PREFACE, settings()), sent('server', settings())];
