import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_DATAGRAMS, MAX_FRAGMENT_AGE_NS, MAX_FRAGMENT_BYTES, MAX_FRAGMENTS } from '../../src/net/fragments.js';
import {
  bytes,
  ipv4,
  ipv6,
  LINKTYPE_IPV4,
  LINKTYPE_IPV6,
  Notes,
  tcp,
  tunnel,
  u16,
  u32,
  udp,
  zeros,
} from './packets.js';

const TEXT = Array.from({ length: 300 }, (_, index) => String.fromCharCode(32 + (index % 90))).join('');
const SEGMENT = tcp({ data: TEXT });

interface Piece {
  readonly offset: number;
  readonly more: boolean;
  readonly payload: Uint8Array;
}

/** Cuts at the given places, multiples of 8. */
function pieces(whole: Uint8Array, ...cuts: readonly number[]): Piece[] {
  const ends = [...cuts, whole.length];
  return ends.map((end, index) => {
    const offset = index === 0 ? 0 : (ends[index - 1] ?? 0);
    return { offset, more: end !== whole.length, payload: whole.subarray(offset, end) };
  });
}

function fragment4({ offset, more, payload }: Piece, id = 7): Uint8Array {
  return ipv4(payload, { offset, more, id });
}

function fragment6({ offset, more, payload }: Piece, id = 7, next = 6): Uint8Array {
  return ipv6(bytes(next, 0, u16(offset | (more ? 1 : 0)), u32(id), payload), { next: 44 });
}

const IP4 = { linkType: LINKTYPE_IPV4 };
const IP6 = { linkType: LINKTYPE_IPV6 };

describe('fragments', () => {
  it('in any order make one segment, which belongs to the packet that completed it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 39 }), { maxLength: 8 }).map((cuts) => cuts.sort((a, b) => a - b)),
        fc.infiniteStream(fc.nat()),
        fc.boolean(),
        (cuts, random, six) => {
          const parts = pieces(SEGMENT, ...cuts.map((cut) => cut * 8));
          if (parts.length === 1) return;
          const shuffled = parts
            .map((piece) => ({ piece, order: random.next().value ?? 0 }))
            .sort((a, b) => a.order - b.order);
          const notes = new Notes();
          for (const { piece } of shuffled) {
            if (six) notes.decode(fragment6(piece), IP6);
            else notes.decode(fragment4(piece), IP4);
          }
          expect(notes.segment).toMatchObject({ data: TEXT, payloadLength: TEXT.length, packet: parts.length });
          expect(notes.decoder.fragments).toMatchObject({ reassembled: 1, pending: 0, overlapping: 0 });
          expect(notes.decoder.nonTcpPackets).toBe(parts.length - 1);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('that are missing leave the datagram waiting, and no segment', () => {
    const notes = new Notes();
    const [first, , last] = pieces(SEGMENT, 80, 160);
    for (const piece of [first, last]) if (piece) notes.decode(fragment4(piece), IP4);
    expect(notes.segments).toEqual([]);
    expect(notes.decoder.fragments).toMatchObject({ reassembled: 0, pending: 1 });
  });

  it('of different datagrams are kept apart by identification, address and protocol', () => {
    const notes = new Notes();
    const [first, last] = pieces(SEGMENT, 80);
    if (!first || !last) throw new Error('two pieces');
    notes.decode(fragment4(first, 1), IP4).decode(fragment4(last, 2), IP4);
    notes.decode(ipv4(last.payload, { offset: 80, id: 1, source: 1 }), IP4);
    notes.decode(ipv4(last.payload, { offset: 80, id: 1, protocol: 17 }), IP4);
    expect(notes.segments).toEqual([]);
    expect(notes.decoder.fragments.pending).toBe(4);
    notes.decode(fragment4(last, 1), IP4);
    expect(notes.segment.data).toBe(TEXT);
  });

  it('may differ in next header: the first one says what the datagram holds', () => {
    const notes = new Notes();
    const [first, last] = pieces(SEGMENT, 80);
    if (!first || !last) throw new Error('two pieces');
    notes.decode(fragment6(last, 7, 17), IP6).decode(fragment6(first, 7, 6), IP6);
    expect(notes.segment.data).toBe(TEXT);
  });

  it('that overlap: the byte of the fragment that begins earlier wins', () => {
    const early: Piece = { offset: 0, more: true, payload: SEGMENT.subarray(0, 96) };
    const late: Piece = { offset: 80, more: false, payload: bytes('x'.repeat(16), SEGMENT.subarray(96)) };
    for (const order of [
      [early, late],
      [late, early],
    ]) {
      const notes = new Notes();
      for (const piece of order) notes.decode(fragment4(piece), IP4);
      expect(notes.segment.data).toBe(TEXT);
      expect(notes.decoder.fragments).toMatchObject({ reassembled: 1, overlapping: 1 });
    }
  });

  it('that are repeated: the one captured first wins', () => {
    const notes = new Notes();
    const [first, last] = pieces(SEGMENT, 80);
    if (!first || !last) throw new Error('two pieces');
    notes.decode(fragment4(first), IP4).decode(fragment4({ ...first, payload: bytes('y'.repeat(80)) }), IP4);
    notes.decode(fragment4(last), IP4);
    expect(notes.segment.data).toBe(TEXT);
  });

  it('behind the last one add nothing', () => {
    const notes = new Notes();
    const [first, last] = pieces(SEGMENT, 80);
    if (!first || !last) throw new Error('two pieces');
    notes.decode(fragment4({ offset: 800, more: true, payload: zeros(80) }), IP4);
    notes.decode(fragment4(last), IP4).decode(fragment4(first), IP4);
    expect(notes.segment.data).toBe(TEXT);
  });

  it('that cannot be are counted and left', () => {
    const notes = new Notes();
    notes.decode(ipv4(zeros(81), { more: true }), IP4);
    notes.decode(ipv4(zeros(0), { more: true }), IP4);
    notes.decode(ipv4(zeros(800), { offset: 65_528 }), IP4);
    expect(notes.decoder.fragments).toMatchObject({ impossible: 3, pending: 0 });
  });

  it('cut by the snap length are not put together, but the first shows the segment it begins', () => {
    const notes = new Notes();
    const [first, last] = pieces(SEGMENT, 80);
    if (!first || !last) throw new Error('two pieces');
    const packet = fragment4(first);
    notes.decode(packet.subarray(0, 50), { ...IP4, originalLength: packet.length });
    notes.decode(fragment4(last).subarray(0, 50), { ...IP4, originalLength: 280 });
    expect(notes.segments).toHaveLength(1);
    expect(notes.segments[0]).toMatchObject({ payloadLength: 60, data: TEXT.slice(0, 10) });
    expect(notes.decoder.fragments.pending).toBe(0);
  });

  it('of a tunnel hold the whole tunnelled packet', () => {
    const notes = new Notes();
    const outer = tunnel(17, udp(5, 4789, bytes(8, zeros(7), zeros(12), u16(0x0800), ipv4(SEGMENT)))).subarray(20);
    for (const { offset, more, payload } of pieces(outer, 64))
      notes.decode(ipv4(payload, { protocol: 17, offset, more }), IP4);
    expect(notes.segment).toMatchObject({ data: TEXT, packet: 2 });
  });

  it('older than a minute are dropped when more come', () => {
    const notes = new Notes();
    const [first, last] = pieces(SEGMENT, 80);
    if (!first || !last) throw new Error('two pieces');
    notes.decode(fragment4(first), { ...IP4, atNs: 0 });
    notes.decode(fragment4(last), { ...IP4, atNs: MAX_FRAGMENT_AGE_NS + 1 });
    expect(notes.segments).toEqual([]);
    expect(notes.decoder.fragments).toMatchObject({ dropped: 1, pending: 1 });
    notes.decode(fragment4(first, 8), { ...IP4, atNs: 2 * MAX_FRAGMENT_AGE_NS + 2 });
    expect(notes.decoder.fragments).toMatchObject({ dropped: 2, pending: 1 });
  });

  it('are bounded in datagrams, in bytes, and in number for one datagram', () => {
    const many = new Notes();
    const small: Piece = { offset: 0, more: true, payload: zeros(8) };
    for (let id = 0; id <= MAX_DATAGRAMS; id += 1) many.decode(fragment4(small, id), { ...IP4, atNs: 1 });
    expect(many.decoder.fragments).toMatchObject({ dropped: 1, pending: MAX_DATAGRAMS });

    const large = new Notes();
    const big: Piece = { offset: 0, more: true, payload: zeros(65_480) };
    const fit = Math.floor(MAX_FRAGMENT_BYTES / 65_480);
    for (let id = 0; id <= fit; id += 1) large.decode(fragment4(big, id), { ...IP4, atNs: 1 });
    expect(large.decoder.fragments).toMatchObject({ dropped: 1, pending: fit });

    const repeated = new Notes();
    for (let count = 0; count < MAX_FRAGMENTS; count += 1) repeated.decode(fragment4(small), { ...IP4, atNs: 1 });
    expect(repeated.decoder.fragments).toMatchObject({ dropped: 1, pending: 0 });
  });
});
