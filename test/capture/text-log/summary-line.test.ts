import { describe, expect, it } from 'vitest';
import { looksListed, readSummary, segmentOf } from '../../../src/capture/text-log/summary-line.js';

const SYN =
  '    3   0.000032    10.0.0.10 → 10.0.1.43    TCP 74 34109 → 80 [SYN] Seq=0 Win=64240 Len=0 MSS=1460 SACK_PERM TSval=1 TSecr=0 WS=1024';

describe('a line of a list', () => {
  it.each([
    ['of tshark', SYN],
    ['with an ASCII arrow', SYN.replaceAll('→', '->')],
    ['with the arrow lost by a terminal', SYN.replaceAll('→', '?')],
    ['with the arrow as Windows-1252 reads it', SYN.replaceAll('→', 'â†’')],
    ['of Wireshark 1, and of an export', SYN.replace('→', ' ').replace('→', '>')],
    ['as CSV', '"3","0.000032","10.0.0.10","10.0.1.43","TCP","74","34109 → 80 [SYN] Seq=0 Win=64240 Len=0 MSS=1460"'],
  ])('%s', (_, line) => {
    expect(readSummary(line)).toMatchObject({
      time: { atNs: 32_000n, hasDate: false },
      source: '10.0.0.10',
      destination: '10.0.1.43',
      protocol: 'TCP',
      frameBytes: 74,
    });
    expect(segmentOf(readSummary(line)?.info ?? '')).toMatchObject({ sourcePort: '34109', flags: 2, sequence: 0 });
  });

  it('with a date, a time of day, or seconds since 1970', () => {
    const at = (time: string) => readSummary(SYN.replace('0.000032', time))?.time;
    expect(at('2026-11-26 12:22:12.212739')).toMatchObject({ hasDate: true });
    expect(at('12:22:12.212739')).toMatchObject({ atNs: 44_532_212_739_000n, hasDate: false });
    expect(at('1718027458.480543')).toMatchObject({ atNs: 1_718_027_458_480_543_000n, hasDate: true });
  });

  it.each([
    ['with columns of ports', SYN.replace('10.0.0.10 ', '10.0.0.10  34109 ').replace('10.0.1.43 ', '10.0.1.43  80 ')],
    ['with more columns of times', SYN.replace('0.000032', '2026-11-26 12:22:12.212739\t0.000032\t0.000001')],
    ['without a number, behind a time of day', SYN.replace('    3   0.000032', '12:22:12.212739')],
  ])('%s', (_, line) => {
    expect(readSummary(line)).toMatchObject({ source: '10.0.0.10', destination: '10.0.1.43', frameBytes: 74 });
  });

  it('says the ports where there are columns of them', () => {
    const line = '12:22:12.212739  10.0.0.10  34109  10.0.1.43  80  HTTP  466  GET /a HTTP/1.1';
    expect(readSummary(line)).toMatchObject({ number: null, ports: ['34109', '80'], info: 'GET /a HTTP/1.1' });
    expect(readSummary(SYN)).toMatchObject({ number: 3, ports: null });
  });

  it('says no length before Wireshark 1.6: what stands there is a port', () => {
    const old =
      '      1 0.000000    10.0.0.10         10.0.1.43         TCP      34109 > http [SYN] Seq=0 Win=64240 Len=0';
    expect(readSummary(old)).toMatchObject({ frameBytes: null, info: '34109 > http [SYN] Seq=0 Win=64240 Len=0' });
    expect(readSummary(old.replace('34109 >', '[TCP ZeroWindow] nfs >'))).toMatchObject({ frameBytes: null });
  });

  it('names hosts as it likes where its sentence is about a segment', () => {
    const named = SYN.replace('10.0.0.10 →', 'front').replace('10.0.1.43', 'back ');
    expect(readSummary(named)).toMatchObject({ source: 'front', destination: 'back' });
    expect(readSummary(named.replace(/TCP .*/, 'HTTP 466 GET /a HTTP/1.1'))).toBeNull();
    expect(readSummary('12:22:12.2 10.0.0.10 10.0.1.43 HTTP 502 GET /a')).toBeNull();
  });

  it('is none where a column is missing, and in prose', () => {
    for (const line of [
      SYN.trimStart().slice(1),
      SYN.replace('10.0.0.10 → ', ''),
      '1 0.000 cup of tea TCP 74 and so on',
      '3 times 10.0.0.10 → 10.0.1.43 TCP 74 resets',
    ])
      expect(readSummary(line)).toBeNull();
  });
});

describe('its sentence', () => {
  it('says ports, flags and numbers, whatever stands before', () => {
    expect(
      segmentOf(
        '[TCP Retransmission] [TCP Port numbers reused] 33919 → http-alt [PSH, ACK] Seq=8689 Ack=1 Win=64512 Len=1448 TSval=3',
      ),
    ).toEqual({
      sourcePort: '33919',
      destinationPort: 'http-alt',
      flags: 24,
      sequence: 8689,
      acknowledgement: 1,
      window: 64_512,
      length: 1448,
    });
    expect(segmentOf('80 → 42675 [RST] Seq=313 Win=0 Len=0')).toMatchObject({ flags: 4, acknowledgement: null });
  });

  it('has no blanks around the arrow in Wireshark 2.0 and before it', () => {
    for (const arrow of ['→', '->', '>'])
      expect(segmentOf(`34109${arrow}80 [SYN, ECN, CWR] Seq=0 Win=1 Len=0`)).toMatchObject({
        sourcePort: '34109',
        destinationPort: '80',
        flags: 130,
      });
  });

  it('says no segment of what TCP carries', () => {
    for (const info of [
      'GET / HTTP/1.1 ',
      'Client Hello (SNI=a.example)',
      'POST /files HTTP/1.1  [TCP segment of a reassembled PDU]',
    ])
      expect(segmentOf(info)).toBeNull();
  });
});

it('a line is one of a list where it is about a segment', () => {
  expect(looksListed(SYN)).toBe(true);
  expect(looksListed('1 0.000000 10.0.0.1 → 10.0.0.2 DNS 70 Standard query')).toBe(false);
});
