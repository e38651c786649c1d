import { describe, expect, it } from 'vitest';
import { encodeHuffman } from '../../src/http/hpack/huffman.js';
import {
  block,
  data,
  END,
  END_HEADERS,
  frame,
  headers,
  PADDED,
  PREFACE,
  PRIORITY,
  settings,
} from '../http/h2/frames.js';
import { TextReader } from '../http/hpack/blocks.js';
import { client, edited, NAMES, server } from './edited.js';

const SIZES = [1, 11, 1000];
const FIELDS = [':method: GET', ':path: /acme', ':authority: shop.acme.test', 'cookie: sid=4711', 'content-length: 5'];

/** The fields of the first HEADERS frame in a direction. */
function fieldsIn(direction: Buffer, from: number): readonly string[] {
  const length = direction.readUIntBE(from, 3);
  return new TextReader().read(direction.subarray(from + 9, from + 9 + length).toString('hex')).fields;
}

describe('frames of HTTP/2, edited', () => {
  const start = Buffer.concat([PREFACE, settings({ 3: 100 })]);

  it.each(SIZES)('keep their headers and settings, and leave names and data behind, in pieces of %i', (size) => {
    const sent = Buffer.concat([start, headers(1, FIELDS), data(1, 'geheim', END)]);
    const { client: written } = edited([client(sent)], {}, size);
    expect(written.subarray(0, start.length).equals(start)).toBe(true);
    expect(fieldsIn(written, start.length)).toEqual([
      ':method: GET',
      `:path: ${NAMES.text('/acme')}`,
      `:authority: ${NAMES.authority('shop.acme.test')}`,
      `cookie: ${NAMES.text('sid=4711')}`,
      'content-length: 5',
    ]);
    expect(written.subarray(-15, -6).equals(sent.subarray(-15, -6))).toBe(true);
    expect(written.toString('latin1').endsWith('xxxxxx')).toBe(true);
  });

  it('write Huffman strings of the same length', () => {
    const coded = encodeHuffman(Buffer.from('www.acme-shop.test'));
    // :authority of the static table, with indexing.
    const fieldBlock = Buffer.concat([Buffer.of(0x41, 0x80 | coded.length), coded]);
    const { client: written } = edited([client(Buffer.concat([start, frame(1, END_HEADERS, 1, fieldBlock)]))]);
    expect(fieldsIn(written, start.length)).toEqual([`:authority: ${NAMES.authority('www.acme-shop.test')}`]);
  });

  it('leave references into the tables true, and know fields by them', () => {
    const first = block(['grpc-status: 12', 'x-user: acme'], true);
    // The newest entry of the dynamic table, then the one before it with another value.
    const second = Buffer.concat([Buffer.of(0x80 | 62, 0x7f, 0x00, 2), Buffer.from('14')]);
    const sent = Buffer.concat([settings(), frame(1, END_HEADERS, 1, first), frame(1, END_HEADERS, 3, second)]);
    const { server: written } = edited([client(start), server(sent)]);
    const reader = new TextReader();
    const at = settings().length;
    reader.read(written.subarray(at + 9, at + 9 + first.length).toString('hex'));
    expect(reader.read(written.subarray(at + 18 + first.length).toString('hex')).fields).toEqual([
      `x-user: ${NAMES.text('acme')}`,
      'grpc-status: 14',
    ]);
  });

  it('edit a block in several frames, padded and with priority, in its place', () => {
    const whole = block(FIELDS);
    const [one, two] = [whole.subarray(0, 20), whole.subarray(20)];
    const padded = Buffer.concat([Buffer.of(3), Buffer.alloc(5), one, Buffer.alloc(3)]);
    const sent = Buffer.concat([start, frame(1, PADDED | PRIORITY, 1, padded), frame(9, END_HEADERS, 1, two)]);
    const { client: written } = edited([client(sent)]);
    expect(written.length).toBe(sent.length);
    expect(written.toString('latin1')).not.toContain('acme');
    expect(
      written.subarray(start.length, start.length + 15).equals(sent.subarray(start.length, start.length + 15)),
    ).toBe(true);
  });

  it('let no words out of a GOAWAY, and nothing of a block that cannot be read', () => {
    const goAway = frame(7, 0, 0, Buffer.concat([Buffer.alloc(8), Buffer.from('acme says no')]));
    const broken = frame(1, END_HEADERS, 1, Buffer.from('\x00\x7facme', 'latin1'));
    const { client: written } = edited([client(Buffer.concat([start, goAway, broken]))]);
    expect(written.toString('latin1')).not.toContain('acme');
  });
});
