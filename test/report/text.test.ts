import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CAPTURE_STRIDE } from '../../src/facts/packet-reference.js';
import { NAMED_CAPTURES } from '../../src/report/capture-names.js';
import { MAX_SERVERS } from '../../src/report/servers-text.js';
import { TEXT_OCCURRENCES, textReport } from '../../src/report/text.js';
import { ALL_SEEN, failedAnalysis, input, occurrence, PLAIN, quietAnalysis, resetFinding } from './analyses.js';

const [front] = quietAnalysis().captures;
if (front === undefined) throw new Error('the story has no capture');

describe('the text report of an incident', () => {
  it('says what was read, then the answer, the causes, the change and the packets', () => {
    expect(textReport(input(failedAnalysis()), PLAIN)).toBe(
      `\
front.pcapng: 5,120 packets, 212 connections, 61.3 s from 2024-06-10 13:50:58Z

CRITICAL  F1  10.0.1.43:80 (serv1.example) loses requests to forged resets,
              before any answer
  17 times, 13:51:04 – 13:51:58Z                      rst-after-request, certain
  In 17 of 212 connections to 10.0.1.43:80 a RST came 90 to 180 µs after the
  request.
  Supported   security-agent: the RST is 17× faster than any answer; TTL 61
              where the server has 57 (#7, #5)
  Ruled out   timeout: the longest idle time before a request is 1.0 ms
  Open        process-dead: no earlier packet of this process in the capture
  Change      host: exempt 10.0.1.43:80 in the agent's web rules
              haproxy: retry what is safe to repeat
                retry-on empty-response
                retries 2
  Packets     #6 GET /a?…, 312 bytes
              #7 RST 145 µs after the request; no response byte
              tcp.stream eq 3
              #16 → #17                                          tcp.stream eq 4
              #26 → #27                                          tcp.stream eq 5
              14 more (--max-occurrences 17 shows more)

SERVERS
  server                   name      conns  requests  5xx  RST  idle timeout
  10.0.1.43:80             serv1.e…    212     1,904    0   17  10.0 s (12 seen)
  [2001:db8:1234…78]:8080  a-rathe…     40       310    9    0  ≥ 61.0 s

NOT SEEN  12 connections began before the capture; 3 are TLS and were not
  decrypted.
Next: pcapdx tui front.pcapng · pcapdx explain rst-after-request
`,
    );
  });

  it('lists several findings once more at its end, where one sees them who did not scroll', () => {
    const findings = [
      resetFinding(),
      resetFinding({ id: 'F2', severity: 'warning', occurrences: 1, title: 'refuses connections' }),
    ];
    expect(textReport(input(failedAnalysis({ findings })), PLAIN)).toContain(`

FINDINGS  1 critical, 1 warning
  critical  F1  10.0.1.43:80 (serv1.example) loses requests to forged resets,
                before any answer, 17 times
  warning   F2  10.0.1.43:80 (serv1.example): refuses connections, once

Next: pcapdx tui front.pcapng`);
  });

  it('shows as many occurrences as asked for, and how many there are', () => {
    const usual = textReport(input(failedAnalysis()), PLAIN);
    expect(usual.match(/tcp\.stream eq/g)).toHaveLength(TEXT_OCCURRENCES);
    const text = textReport(input(failedAnalysis(), { maxOccurrences: 0 }), PLAIN);
    expect(text).toContain('  Packets     17 more (--max-occurrences 17 shows more)\n');
    expect(textReport(input(failedAnalysis(), { maxOccurrences: 20 }), PLAIN)).not.toContain(' more');
  });

  it('puts the server before a title that does not name it', () => {
    const analysis = failedAnalysis({ findings: [resetFinding({ title: 'resets requests' })] });
    expect(textReport(input(analysis), PLAIN)).toContain(
      'CRITICAL  F1  10.0.1.43:80 (serv1.example): resets requests\n',
    );
  });

  it('names the capture of each packet where there are several', () => {
    const evidence = [
      occurrence(3, 6, { packets: [{ packet: CAPTURE_STRIDE + 6, atNs: 1, note: 'GET /a' }] }),
      occurrence(4, 8),
    ];
    const analysis = failedAnalysis({
      captures: [front, { ...front, file: 'back.pcapng' }],
      findings: [resetFinding({ evidence })],
    });
    const text = textReport(input(analysis), PLAIN);
    expect(text).toMatch(/^2 captures: 10,240 packets, 212 connections, 61\.3 s from /);
    expect(text).toContain('\n  back.pcapng: 5,120 packets, 61.3 s from 2024-06-10 13:50:58Z\n');
    expect(text).toContain('  Packets     back.pcapng #6 GET /a\n');
    expect(text).toContain('ip.addr == 10.0.0.1 && ip.addr == 10.0.1.43');
  });

  it('lists a few captures and servers, and counts the others', () => {
    const [server] = failedAnalysis().servers;
    if (server === undefined) throw new Error('the story has no server');
    const captures = Array.from({ length: NAMED_CAPTURES + 4 }, (_, index) => ({ ...front, file: `ring${index}` }));
    const servers = Array.from({ length: MAX_SERVERS + 1000 }, (_, index) => ({ ...server, port: 1 + index }));
    const lines = textReport(input(quietAnalysis({ captures, servers })), PLAIN).split('\n');
    expect(lines.filter((line) => line.startsWith('  ring'))).toHaveLength(NAMED_CAPTURES);
    expect(lines.filter((line) => line.startsWith('  10.0.1.43:'))).toHaveLength(MAX_SERVERS);
    expect(lines.filter((line) => line.startsWith('  …'))).toEqual(['  … 4 more', '  … 1,000 more']);
  });

  it.each([40, 60, 80, 100])('keeps to %i columns, but for lines to paste', (width) => {
    const analysis = failedAnalysis({ findings: [resetFinding({ occurrences: 1, evidence: [occurrence(3, 6)] })] });
    const tooLong = textReport(input(analysis), { ...PLAIN, width })
      .split('\n')
      .filter((line) => line.length > width && !line.includes('pcapdx '));
    expect(tooLong).toEqual([]);
  });

  it('is ASCII throughout when asked, captured names too', () => {
    const finding = resetFinding({ subject: { address: '10.0.1.43', port: 80, name: '서버.example' }, title: 'x → y' });
    const text = textReport(input(failedAnalysis({ findings: [finding] })), { ...PLAIN, ascii: true });
    expect(text).toMatch(/^[\n -~]*$/);
    expect(text).toContain('(\\u{c11c}\\u{bc84}.example): x -> y');
    expect(text).toContain('RST 145 us after the request');
    expect(text).toContain('>= 61.0 s');
  });

  it('has the same words with colour as without', () => {
    const coloured = textReport(input(failedAnalysis()), { ...PLAIN, isColoured: true });
    expect(coloured).toContain('\x1b[31m');
    expect(stripVTControlCharacters(coloured)).toBe(textReport(input(failedAnalysis()), PLAIN));
  });

  it('counts times from the first packet when asked', () => {
    expect(textReport(input(failedAnalysis()), { ...PLAIN, time: 'relative' })).toContain(
      '  17 times, +6.00 s – +59.5 s since the first packet',
    );
  });

  it('lets no captured control or bidirectional character through', () => {
    const evil = '\x1b[2J\u202eevil\r\n\x07';
    const finding = resetFinding({
      title: evil,
      summary: evil,
      subject: { address: '10.0.1.43', port: 80, name: evil },
      hypotheses: [{ cause: 'network', verdict: 'open', because: evil }],
      remedies: [{ component: 'host', text: evil, config: evil }],
      evidence: [occurrence(1, 2, { packets: [{ packet: 2, atNs: 0, note: evil }] })],
    });
    const analysis = failedAnalysis({
      findings: [finding],
      captures: [{ ...front, file: evil, warnings: [evil] }],
      ruleFailures: [{ rule: 'rst-after-request', message: evil }],
    });
    const errors = [{ file: evil, code: 'damaged', offset: null, reason: evil }];
    expect(textReport(input(analysis, { errors }), PLAIN)).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  });

  it('says at its head that query strings are shown', () => {
    expect(textReport(input(failedAnalysis(), { reveal: true }), PLAIN).split('\n')[1]).toBe(
      'SECRETS SHOWN  query strings and tokens stand as they were sent (--reveal)',
    );
  });
});

describe('the text report of a run without findings', () => {
  it('says what was checked and how to see more', () => {
    expect(textReport(input(quietAnalysis()), PLAIN)).toBe(`\
front.pcapng: 5,120 packets, 212 connections, 61.3 s from 2024-06-10 13:50:58Z

NOTHING FOUND  no rule found a fault in 212 connections and 1,904 exchanges.
Checked  1 rule: rst-after-request.
See more  where a proxy stands in between, capture on its other side as well.

Next: pcapdx tui front.pcapng · pcapdx flows front.pcapng --format text
`);
  });

  it('counts the rules where they are many', () => {
    const rules = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    expect(textReport(input(quietAnalysis({ rules })), PLAIN)).toContain(
      '\nChecked  7 rules (pcapdx rules lists them).\n',
    );
  });

  it('advises by what was not seen', () => {
    const unseen = { ...ALL_SEEN, encrypted: 200, withLostBytes: 4, snapped: 3, oneSided: 2, midStream: 150 };
    const text = textReport(input(quietAnalysis({ exchanges: 0, unseen })), PLAIN).replaceAll(/\s+/g, ' ');
    expect(text).toContain('give a TLS key log (--keylog), or capture where TLS ends');
    expect(text).toContain('capture all of each packet (tcpdump -s0)');
    expect(text).toContain('give the capture a larger buffer (tcpdump -B 65536)');
    expect(text).toContain('capture where both directions pass');
    expect(text).toContain('begin the capture before the clients connect');
  });

  it('advises to give a key log where most connections were not read, and not for a few', () => {
    const told = (encrypted: number) =>
      textReport(input(quietAnalysis({ unseen: { ...ALL_SEEN, encrypted } })), PLAIN).replaceAll(/\s+/g, ' ');
    expect(told(107)).toContain('give a TLS key log (--keylog)');
    expect(told(106)).not.toContain('--keylog');
  });

  it('does not advise to give a key log where one was given', () => {
    const unseen = { ...ALL_SEEN, encrypted: 200 };
    const text = textReport(input(quietAnalysis({ exchanges: 0, unseen, keysGiven: 'keys' })), PLAIN);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('give the TLS key log of these very connections');
    expect(text).not.toContain('--keylog');
  });

  it('says of servers whose TLS stayed closed that their requests are not known', () => {
    const [server] = failedAnalysis().servers;
    if (server === undefined) throw new Error('no server');
    const row = (undecrypted: number, requests: number): string | undefined => {
      const servers = [{ ...server, connections: 4, undecrypted, requests, serverErrors: 0 }];
      return /^ +10\.0\.1\.43:80 .*$/m.exec(textReport(input(quietAnalysis({ servers })), PLAIN))?.[0];
    };
    expect(row(0, 7)).toMatch(/ 4 +7 +0 +17 /);
    expect(row(1, 7)).toMatch(/ 4 +≥ 7 +\? +17 /);
    expect(row(4, 0)).toMatch(/ 4 +\? +\? +17 /);
  });

  it('advises nothing where all was seen, both sides of the proxy too', () => {
    expect(textReport(input(quietAnalysis({ bothLegs: true })), PLAIN)).not.toContain('See more');
  });

  it('advises to capture behind a proxy that says that something failed there', () => {
    const legsBehind = [{ address: '10.0.0.49', port: 80, statuses: [{ status: 502, count: 2 }], first: 6 }];
    const text = textReport(input(quietAnalysis({ unseen: { ...quietAnalysis().unseen, legsBehind } })), PLAIN);
    expect(text).toContain('See more  capture behind the proxy whose 502 or 504 tell of a server there.');
    expect(text).toContain('NOT SEEN  what failed behind 10.0.0.49:80, which answered 502 2 times (from #6)');
  });

  it('says that there was nothing to judge where there is no connection', () => {
    const captures = [{ ...front, packets: 0, startEpochNs: null, endEpochNs: null }];
    const text = textReport(
      input(quietAnalysis({ captures, connections: 0, exchanges: 0, originEpochNs: null })),
      PLAIN,
    );
    expect(text).toMatch(/^front\.pcapng: 0 packets, 0 connections\n\nNOTHING TO JUDGE {2}there is no TCP connection/);
  });

  it('tells warnings, what could not be read, and a rule that failed', () => {
    const analysis = quietAnalysis({
      captures: [{ ...front, warnings: ['the last packet is cut short'] }],
      ruleFailures: [{ rule: 'rst-after-request', message: 'boom' }],
    });
    const errors = [{ file: 'front.pcapng', code: 'damaged', offset: 81_920, reason: 'block length 7 is below 12' }];
    const text = textReport(input(analysis, { errors }), PLAIN);
    expect(text).toContain('\nNOT READ  front.pcapng: offset 81920: block length 7 is below 12\n');
    expect(text).toContain('\nWARNING  front.pcapng: the last packet is cut short\n');
    expect(text).toContain('\nWARNING  rule rst-after-request failed, the others concluded: boom\n');
  });

  it('offers no command that would read standard input a second time, and quotes names for the shell', () => {
    const piped = quietAnalysis({ captures: [{ ...front, file: 'stdin' }] });
    expect(textReport(input(piped), PLAIN)).toMatch(/\nNext: pcapdx rules\n$/);
    const spaced = quietAnalysis({ captures: [{ ...front, file: "it's here.pcap" }] });
    expect(textReport(input(spaced), PLAIN)).toContain("pcapdx flows 'it'\\''s here.pcap' --format text");
  });
});
