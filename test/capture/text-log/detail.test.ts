import { describe, expect, it } from 'vitest';
import { detailNumber, isDetailed, readDetail } from '../../../src/capture/text-log/detail.js';

const FRAME = 'Frame 4: 102 bytes on wire (816 bits), 102 bytes captured (816 bits) on interface eth0, id 0';
const LINES = String.raw`    Section number: 1
    Arrival Time: Nov  6, 2026 12:22:04.869811000 UTC
    [Time shift for this packet: 0.000000000 seconds]
    Epoch Time: 1793967724.869811000 seconds
    [Time since reference or first frame: 0.001000000 seconds]
Ethernet II, Src: 02:00:0a:00:00:0a, Dst: 02:00:0a:00:01:2b
Internet Protocol Version 4, Src: 10.0.0.10, Dst: 10.0.1.43
    0100 .... = Version: 4
    Identification: 0x5a38 (23096)
    010. .... = Flags: 0x2, Don't fragment
    Time to Live: 63
    Protocol: TCP (6)
Transmission Control Protocol, Src Port: 34109, Dst Port: 80, Seq: 1, Ack: 1, Len: 36
    [TCP Segment Len: 36]
    Sequence Number: 1    (relative sequence number)
    Sequence Number (raw): 3000000001
    [Next Sequence Number: 37    (relative sequence number)]
    Acknowledgment Number: 1    (relative ack number)
    Acknowledgment number (raw): 4000000001
    Flags: 0x018 (PSH, ACK)
        .... .... 1... = Push: Set
    Window: 63
    [Calculated window size: 64512]
    Checksum: 0x15d4 [unverified]
    Options: (12 bytes), No-Operation (NOP), No-Operation (NOP), Timestamps
        TCP Option - Timestamps: TSval 7, TSecr 9
Hypertext Transfer Protocol
    GET /a HTTP/1.1\r\n
        Request Method: GET
    Host: a.example\r\n
    \r\n
    [Full request URI: http://a.example/a]`.split('\n');
const without = (...patterns: RegExp[]) => LINES.filter((line) => !patterns.some((pattern) => pattern.test(line)));

describe('a packet in detail', () => {
  it('begins with its number', () => {
    expect(detailNumber(FRAME)).toBe(4);
    expect(detailNumber('Frame 12 (54 bytes on wire, 54 bytes captured)')).toBe(12);
    expect(detailNumber('Frame rate: 4')).toBeNull();
    expect(isDetailed([FRAME, ...LINES])).toBe(true);
    expect(isDetailed([FRAME, ...LINES].map((line) => `   ${line}`))).toBe(true);
    expect(isDetailed(LINES)).toBe(false);
  });

  it('says all of its headers, and the head of HTTP', () => {
    const { segment, head } = readDetail(FRAME, LINES);
    expect(segment).toMatchObject({
      time: { atNs: 1_793_967_724_869_811_000n, hasDate: true },
      source: { host: '10.0.0.10', port: '34109' },
      destination: { host: '10.0.1.43', port: '80' },
      flags: 24,
      sequence: 3_000_000_001,
      acknowledgement: 4_000_000_001,
      window: 63,
      length: 36,
      options: [8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 1],
      tcpChecksum: 0x15d4,
      ttl: 63,
      ipId: 0x5a38,
      fragment: 0x4000,
    });
    expect(head).toEqual(['GET /a HTTP/1.1', 'Host: a.example', '']);
  });

  it('has relative numbers, names and words of its own in older versions', () => {
    const old = without(/raw\)/, /Segment Len/)
      .map((line) => line.replace('10.0.0.10,', 'front (10.0.0.10),').replace('Port: 80', 'Port: http (80)'))
      .map((line) => line.replace('TCP Option - ', '').replace('Window: 63', 'Window size value: 63'))
      .map((line) => line.replace('Flags: 0x018', '.... 0000 0001 1000 = Flags: 0x018'));
    expect(readDetail(FRAME, old).segment).toMatchObject({
      source: { host: '10.0.0.10', port: '34109' },
      destination: { port: '80' },
      flags: 24,
      sequence: 1,
      acknowledgement: 1,
      window: 63,
      length: 36,
    });
  });

  it('has the time that is there', () => {
    expect(readDetail(FRAME, without(/Epoch/)).time).toMatchObject({ atNs: 1_793_967_724_869_811_000n, hasDate: true });
    expect(readDetail(FRAME, without(/Epoch/, /Arrival/)).time).toMatchObject({ atNs: 1_000_000n, hasDate: false });
    expect(readDetail(FRAME, without(/Time:|Time since/))).toMatchObject({ time: null, segment: null });
  });

  it('is of the innermost headers', () => {
    const outer = 'Internet Protocol Version 4, Src: 192.0.2.1, Dst: 192.0.2.2';
    expect(readDetail(FRAME, [outer, '    Time to Live: 9', ...LINES]).segment).toMatchObject({ ttl: 63 });
    expect(readDetail(FRAME, [outer, ...LINES]).segment?.source.host).toBe('10.0.0.10');
  });

  it('is no segment where flags or numbers are missing, and begins no message that began before', () => {
    expect(readDetail(FRAME, without(/Flags: 0x018/)).segment).toBeNull();
    expect(readDetail(FRAME, ['Internet Protocol Version 4, Src: 10.0.0.1, Dst: 10.0.0.2']).segment).toBeNull();
    const at = LINES.findIndex((line) => line.startsWith('Hypertext'));
    const parts = '[2 Reassembled TCP Segments (36 bytes): #3(9), #4(27)]';
    expect(readDetail(FRAME, [...LINES.slice(0, at), parts, ...LINES.slice(at)])).toMatchObject({ head: [] });
  });
});

it('a text may be indented', () => {
  expect(
    readDetail(
      `   ${FRAME}`,
      LINES.map((line) => `   ${line}`),
    ),
  ).toEqual(readDetail(FRAME, LINES));
});

it('what is folded leaves the line of TCP', () => {
  const folded = LINES.filter((line) => /^[A-Z]/.test(line));
  const told = { ports: ['34109', '80'], sequence: 1, acknowledgement: 1, length: 36 };
  expect(readDetail(FRAME, folded)).toEqual({ time: null, segment: null, told, head: [] });
});
