import { describe, expect, it } from 'vitest';
import { emptyPacket } from '../../src/capture/packet.js';
import { SEGMENTS_TOGETHER, SegmentsAhead } from '../../src/net/segments-ahead.js';
import { bytes, CLIENT_MAC, ethernet, ipv4, llcSnap, OTHER_MAC, tcp, tunnel, u16, zeros } from './packets.js';

const ETHERNET = 1;
const IEEE80211 = 105;

const segmentFrom = (source: number): Uint8Array => ethernet(0x0800, ipv4(tcp({ source })));
const ARP = ethernet(0x0806, zeros(28));
/** An ICMP error that quotes a segment. RFC 792. */
const QUOTING = ethernet(0x0800, tunnel(1, bytes(3, 4, zeros(6), ipv4(tcp({ source: 9 })))));

/** A frame that aggregates: IEEE 802.11 §9.3.2.2.2. */
function aggregateOf(...bodies: readonly Uint8Array[]): Uint8Array {
  const subframes = bodies.map((body) => {
    const subframe = bytes(OTHER_MAC, CLIENT_MAC, u16(body.length), body);
    return bytes(subframe, zeros(-subframe.length & 3));
  });
  return bytes(0x88, 1, u16(0), OTHER_MAC, OTHER_MAC, OTHER_MAC, u16(0), u16(0x8000), ...subframes);
}

/** What was told, in order: packets by number, with the second of their time; segments by their source port. */
class Told {
  readonly all: string[] = [];
  /** Source port of the segment behind which a pause is wanted, once. */
  pauseBehind = -1;
  readonly ahead: SegmentsAhead;
  private packets = 0;
  private last = -1;

  constructor(together?: number) {
    this.ahead = new SegmentsAhead(
      {
        captured: (point, atNs, seconds) => this.all.push(`${point}:${atNs} at ${seconds}`),
        segment: ({ sourcePort }) => {
          this.last = sourcePort;
          this.all.push(`segment ${sourcePort}`);
        },
        quoted: ({ sourcePort }) => this.all.push(`quoted ${sourcePort}`),
        name: () => undefined,
        presence: () => undefined,
        quicInitial: () => undefined,
        wantsPause: () => {
          const wants = this.last === this.pauseBehind;
          if (wants) this.pauseBehind = -1;
          return wants;
        },
      },
      together,
    );
  }

  /** The next packet, of which nobody else may change a byte until it is followed. */
  packet(content: Uint8Array, linkType = ETHERNET): this {
    this.packets += 1;
    const packet = emptyPacket();
    packet.atNs = this.packets;
    packet.epochSeconds = 100 + this.packets;
    packet.linkType = linkType;
    packet.buffer = content;
    packet.view = new DataView(content.buffer, content.byteOffset, content.byteLength);
    packet.end = packet.originalLength = content.length;
    this.ahead.packet(packet);
    return this;
  }
}

describe('segments', () => {
  it('are followed at once where one is followed at a time', () => {
    const told = new Told();
    expect(told.packet(segmentFrom(1)).all).toEqual(['0:1 at 101', 'segment 1']);
    expect(told.packet(segmentFrom(2)).all.slice(2)).toEqual(['0:2 at 102', 'segment 2']);
  });

  it('wait until there are enough, and are then followed in order, each with its own time', () => {
    const told = new Told(3);
    expect(told.packet(segmentFrom(1)).packet(segmentFrom(2)).all).toEqual([]);
    expect(told.packet(segmentFrom(3)).all).toEqual([
      ...['0:1 at 101', 'segment 1', '0:2 at 102', 'segment 2'],
      ...['0:3 at 103', 'segment 3'],
    ]);
    const usual = new Told(SEGMENTS_TOGETHER);
    for (let port = 1; port < SEGMENTS_TOGETHER; port += 1) usual.packet(segmentFrom(port));
    expect(usual.all).toEqual([]);
    expect(usual.packet(segmentFrom(99)).all).toHaveLength(2 * SEGMENTS_TOGETHER);
  });

  it('are followed when somebody asks', () => {
    const told = new Told(3).packet(segmentFrom(1));
    told.ahead.follow();
    expect(told.all).toEqual(['0:1 at 101', 'segment 1']);
    told.ahead.follow();
    expect(told.packet(segmentFrom(2)).packet(segmentFrom(3)).all).toHaveLength(2);
  });

  it('are followed before a packet that holds none, and in order with one that is quoted', () => {
    expect(new Told(3).packet(segmentFrom(1)).packet(ARP).all).toEqual(['0:1 at 101', 'segment 1', '0:2 at 102']);
    const told = new Told(4).packet(segmentFrom(1)).packet(QUOTING).packet(segmentFrom(2));
    expect(told.all).toEqual([]);
    told.packet(QUOTING).packet(segmentFrom(3)).ahead.follow();
    const followed = ['segment 1', 'quoted 9', 'segment 2', 'quoted 9', 'segment 3'];
    expect(told.all.filter((one) => !one.includes(' at '))).toEqual(followed);
    expect(told.all.filter((one) => one.includes(' at '))).toEqual([1, 2, 3, 4, 5].map((n) => `0:${n} at ${100 + n}`));
  });

  it('of one packet are followed in order, and behind those before it', () => {
    const told = new Told(4).packet(segmentFrom(1));
    const body = (source: number): Uint8Array => llcSnap(0x0800, ipv4(tcp({ source })));
    told.packet(aggregateOf(body(2), body(3), body(4)), IEEE80211).packet(segmentFrom(5));
    told.ahead.follow();
    expect(told.all.filter((one) => one.startsWith('segment'))).toEqual([1, 2, 3, 4, 5].map((n) => `segment ${n}`));
    expect(told.all.slice(-4)).toEqual(['0:2 at 102', 'segment 4', '0:3 at 103', 'segment 5']);
  });

  it('behind a quotation in one packet are followed too', () => {
    const told = new Told(4).packet(segmentFrom(1));
    const error = llcSnap(0x0800, tunnel(1, bytes(3, 4, zeros(6), ipv4(tcp({ source: 9 })))));
    told.packet(aggregateOf(error, llcSnap(0x0800, ipv4(tcp({ source: 2 })))), IEEE80211);
    told.ahead.follow();
    expect(told.all.filter((one) => !one.includes('at 1'))).toEqual(['segment 1', 'quoted 9', 'segment 2']);
  });

  it('wait behind one where a pause is wanted, though a packet follows that holds none', () => {
    const told = new Told(4);
    told.pauseBehind = 1;
    told.packet(segmentFrom(1)).packet(segmentFrom(2)).packet(QUOTING).packet(ARP);
    expect(told.all.filter((one) => !one.includes(' at '))).toEqual(['segment 1']);
    told.packet(segmentFrom(3)).ahead.follow();
    expect(told.all.filter((one) => one.startsWith('segment'))).toEqual([1, 2, 3].map((n) => `segment ${n}`));
  });

  it('wait behind one where a pause is wanted, and are not lost', () => {
    const told = new Told(3);
    told.pauseBehind = 1;
    told.packet(segmentFrom(1)).packet(segmentFrom(2)).packet(segmentFrom(3));
    expect(told.all.at(-1)).toBe('segment 1');
    told.packet(segmentFrom(4));
    expect(told.all.at(-1)).toBe('segment 3');
    told.ahead.follow();
    expect(told.all.filter((one) => one.startsWith('segment'))).toEqual([1, 2, 3, 4].map((n) => `segment ${n}`));
  });
});
