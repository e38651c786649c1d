import { describe, expect, it } from 'vitest';
import { LINKTYPE_PRINTED } from '../../../src/capture/link-types.js';
import { pcapOfText } from '../../../src/capture/text-log/convert.js';
import { SAID } from '../../../src/capture/text-log/printed-header.js';
import { packetLayers } from '../../../src/net/describe/packet-layers.js';
import { isSaid, printedIp, saidAt } from '../../../src/net/describe/printed-fields.js';

const SEGMENT = '10.0.0.1.1 > 10.0.0.2.80: Flags [S], seq 1, win 2, options [mss 1460], length 0';
const VERBOSE = `(tos 0x0, ttl 63, id 7, offset 0, flags [DF], proto TCP (6), length 44) ${SEGMENT.replace('seq', 'cksum 0x1234 (correct), seq')}`;

/** Labels of the fields shown of a line's packet, by layer. */
function shown(line: string) {
  const { pcap } = pcapOfText(`17:02:09.259562 IP ${line}`, () => undefined);
  const bytes = pcap.subarray(24 + 16);
  const { nodes } = packetLayers({ linkType: LINKTYPE_PRINTED, bytes, originalLength: bytes.length });
  return nodes.map(({ label, value, children }) => [label, value, children.map((child) => child.label)]);
}

describe('what is shown of a packet made of a text', () => {
  it('is what the text says', () => {
    expect(shown(SEGMENT)).toEqual([
      ['IPv4', '10.0.0.1 → 10.0.0.2', ['protocol', 'source', 'destination']],
      ['TCP', 'SYN  1 → 80', ['source port', 'destination port', 'seq', 'ack', 'flags', 'window', 'options']],
    ]);
    expect(shown(VERBOSE)).toEqual([
      [
        'IPv4',
        '10.0.0.1 → 10.0.0.2  TTL 63',
        ['DSCP', 'ECN', 'total length', 'IP ID', 'fragment', 'TTL', 'protocol', 'source', 'destination'],
      ],
      [
        'TCP',
        'SYN  1 → 80',
        ['source port', 'destination port', 'seq', 'ack', 'flags', 'window', 'checksum', 'options'],
      ],
    ]);
  });

  it('is all of it where the bytes were printed, and nothing of a packet that is not known', () => {
    expect([isSaid('TTL', SAID.bytes, false), isSaid('urgent pointer', SAID.bytes, true)]).toEqual([true, true]);
    const view = new DataView(new ArrayBuffer(10));
    expect([saidAt(view, 0), printedIp(view, 0, 10)]).toEqual([SAID.nothing, null]);
  });
});
