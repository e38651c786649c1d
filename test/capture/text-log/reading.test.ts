import { describe, expect, it } from 'vitest';
import { readingOf } from '../../../src/capture/text-log/reading.js';

const LISTED = '      4 0.001000   10.0.0.10   10.0.1.43   HTTP   102   GET /a HTTP/1.1';
const FRAME = 'Frame 4: 102 bytes on wire (816 bits), 102 bytes captured (816 bits)';
const FOLDED = [
  'Internet Protocol Version 4, Src: 10.0.0.10, Dst: 10.0.1.43',
  'Transmission Control Protocol, Src Port: 34109, Dst Port: 80, Seq: 401, Ack: 293, Len: 36',
  'Hypertext Transfer Protocol',
];
const WHOLE = [
  '    Epoch Time: 1793967724.869811000 seconds',
  ...FOLDED.slice(0, 2),
  '    Flags: 0x018 (PSH, ACK)',
  '    Window: 63',
  'Hypertext Transfer Protocol',
  String.raw`    GET /a HTTP/1.1\r\n`,
  String.raw`    Host: a.example\r\n`,
];
const read = (...lines: readonly string[]) => readingOf(lines.join('\n'));

describe('an export', () => {
  it('has a packet once whose line stands before its details', () => {
    const { packets, cut } = read(LISTED, '', FRAME, ...WHOLE);
    expect(packets).toHaveLength(1);
    expect(cut).toBe(0);
    expect(packets[0]).toMatchObject({
      listed: { segment: { flags: 24, sequence: 401, text: 'GET /a HTTP/1.1' } },
      time: { hasDate: true },
    });
    expect(packets[0]?.packet.body.slice(0, 2)).toEqual(['GET /a HTTP/1.1', 'Host: a.example']);
  });

  it('names the ports and numbers of a line of HTTP in details that are folded', () => {
    const { packets, unplaced } = read(LISTED, '', FRAME, ...FOLDED);
    expect([packets.length, unplaced]).toEqual([1, 0]);
    expect(packets[0]).toMatchObject({
      listed: {
        segment: {
          source: { host: '10.0.0.10', port: '34109' },
          sequence: 401,
          acknowledgement: 293,
          length: 36,
          text: 'GET /a HTTP/1.1',
        },
      },
      time: { atNs: 1_000_000n, hasDate: false },
    });
  });

  it('says when a packet was whose details do not', () => {
    const { packets } = read(LISTED, '', FRAME, ...WHOLE.slice(1));
    expect(packets[0]).toMatchObject({ listed: { segment: { flags: 24 } }, time: { atNs: 1_000_000n } });
  });

  it('has numbers of ports in the details where the line names them', () => {
    const named = LISTED.replace(/HTTP .*/, 'TCP 66 ldxp > http [ACK] Seq=1 Ack=1 Win=1 Len=0');
    const { packets } = read(named, '', FRAME, ...FOLDED);
    expect(packets[0]?.listed.segment).toMatchObject({ source: { port: '34109' }, destination: { port: '80' } });
  });

  it('has details of other packets', () => {
    const { packets } = read(LISTED, FRAME.replace('4', '5'), ...WHOLE);
    expect(packets).toHaveLength(2);
  });
});

it('details that say no time are no segment, and counted', () => {
  expect(read(FRAME, ...FOLDED)).toMatchObject({ cut: 1, packets: [{ listed: { segment: null }, time: null }] });
});

it('forms may be mixed', () => {
  const printed = '17:02:09.259562 IP 10.0.0.1.1 > 10.0.0.2.80: Flags [S], seq 1, win 1, length 0';
  const { packets } = read(printed, 'and in Wireshark', LISTED, printed, printed.slice(0, 60));
  expect(packets.map(({ listed: { segment } }) => segment?.flags ?? null)).toEqual([2, null, 2, null]);
});
