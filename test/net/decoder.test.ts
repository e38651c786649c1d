import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  decode,
  ethernet,
  ipv4,
  ipv6,
  LINKTYPE_IPV4,
  Notes,
  tunnel,
  u16,
  u32,
  udp,
  udpTunnel,
  zeros,
} from './packets.js';

const FRAME = ethernet(0x0800, ipv4());

/** One of each, to be damaged. */
const PACKETS: readonly Uint8Array[] = [
  FRAME,
  ethernet(0x8100, bytes(u16(7), u16(0x86dd), ipv6())),
  ethernet(0x8847, bytes(u32(0x140), zeros(4), FRAME)),
  ethernet(0x0800, udpTunnel(4789, bytes(8, zeros(7), FRAME))),
  ethernet(0x0800, udpTunnel(6081, bytes(1, 0, u16(0x6558), zeros(8), FRAME))),
  ethernet(0x0800, udpTunnel(2152, bytes(0x34, 255, u16(60), zeros(4), 0, 0, 0, 1, 1, 0, 0, 0, ipv4()))),
  ethernet(0x0800, udpTunnel(1701, bytes(u16(2), zeros(4), u16(0xff03), u16(0x0021), ipv4()))),
  ethernet(0x0800, tunnel(47, bytes(u16(0xb000), u16(0x88be), zeros(20), FRAME))),
  ethernet(0x0800, tunnel(1, bytes(3, 4, zeros(6), ipv4()))),
  ethernet(0x86dd, ipv6(bytes(44, 0, zeros(6), 6, 0, u16(1), u32(1), zeros(64)), { next: 0 })),
  ethernet(
    0x0800,
    ipv4(
      udp(53, 9, bytes(zeros(2), 0x80, 0, u16(0), u16(1), zeros(4), 0, u16(1), u16(1), zeros(4), u16(4), zeros(4))),
      { protocol: 17 },
    ),
  ),
];

describe('the packet decoder', () => {
  it('carries the packet number, time and interface to the segment', () => {
    const notes = new Notes().decode(zeros(60)).decode(FRAME, { atNs: -5, direction: 'outbound' });
    expect(notes.segments).toHaveLength(1);
    expect(notes.segments[0]).toMatchObject({ packet: 2, atNs: -5, direction: 'outbound', interfaceIndex: 0 });
  });

  it('leaves nothing of one packet to the next', () => {
    const notes = new Notes().decode(
      ethernet(0x8100, bytes(u16(7), u16(0x0800), tunnel(1, bytes(3, 1, zeros(6), ipv4())))),
    );
    notes.decode(ipv4(), { linkType: LINKTYPE_IPV4 });
    expect(notes.quoted).toHaveLength(1);
    expect(notes.segment).toMatchObject({ mac: -1, vlan: -1, direction: null, packet: 2 });
  });

  it('believes neither a wire length below what was captured nor one far above', () => {
    expect(decode(FRAME, { originalLength: 0 }).segment.payloadLength).toBe(18);
    expect(decode(FRAME, { originalLength: 0xffffffff }).segment.payloadLength).toBe(18);
  });

  it('never throws, and reads nothing outside the packet, whatever bytes of a tunnel are changed', () => {
    const notes = new Notes();
    fc.assert(
      fc.property(
        fc.constantFrom(...PACKETS),
        fc.array(fc.tuple(fc.nat(150), fc.nat(255)), { maxLength: 4 }),
        fc.nat(150),
        (packet, changes, cut) => {
          const damaged = Uint8Array.from(packet);
          for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
          notes.decode(damaged.subarray(0, Math.max(14, damaged.length - (cut > 75 ? 0 : cut))), {
            originalLength: damaged.length,
          });
        },
      ),
      { numRuns: 3000 },
    );
    expect(notes.segments.length).toBeGreaterThan(0);
  });
});
