import { describe, expect, it } from 'vitest';
import { beginningOf, packetsIn } from '../../../src/capture/text-log/packets.js';

const FIRST =
  '17:02:09.259562 IP 10.0.0.1.63320 > 10.0.1.43.80: Flags [S], seq 1, win 26883, options [mss 8961], length 0';

describe('the packets of a text', () => {
  const linesOf = (text: string) => [...packetsIn(text, beginningOf)].map(({ line }) => line);

  it('begin with a time and what a packet begins with', () => {
    expect(beginningOf(FIRST)).toBe('whole');
    expect(beginningOf(`web1 | ${FIRST}`)).toBe('whole');
    for (const line of [
      '17:02:09.259562 IP (tos 0x0, ttl 63, id 1, offset 0, flags [DF], proto TCP (6), length 60)',
      '17:02:09.259562 ARP, Request who-has 10.0.0.1 tell 10.0.0.2, length 28',
      '17:02:09.259562 eth0  In  IP6 fe80::1 > ff02::1: ICMP6, router advertisement, length 64',
      '17:02:09.259562 02:00:0a:00:01:2b > 02:00:0a:00:01:01, ethertype IPv4 (0x0800), length 74:',
    ])
      expect(beginningOf(line), line).toBe('wrapped');
    for (const line of [
      'https 2024-06-10T13:50:58.480543Z app/ALB-Address Source IP Destination IP 0.001 0.001 -1 502 -',
      '17:02:09.259562 IP was blocked by the agent',
      'at 10:12:33.5 the LB answered 502',
      '17:02:09.259562 방화벽에서 IP 차단',
      '17:02:09.259562 ここで IP が遮断された',
      '    10.0.0.1.1 > 10.0.0.2.2: Flags',
    ])
      expect(beginningOf(line), line).toBeNull();
  });

  it('are joined where they were wrapped: between words, or within one', () => {
    const words = FIRST.replace(', win', ',\n    win').replace(', length', ',\n    length');
    expect(linesOf(words)).toEqual([FIRST]);
    const [packet] = packetsIn(FIRST.replace(/.{40}/g, '$&\n'), beginningOf);
    expect(packet?.joined).toBe(FIRST);
  });

  it('are freed of quoting, of carriage returns and of what HTML makes of them', () => {
    for (const text of [
      `> > ${FIRST}\r\n`,
      `| ${FIRST}`,
      FIRST.replaceAll('>', '&gt;'),
      FIRST.replaceAll(' ', '\u00a0'),
      `\`\`\`\n${FIRST}\n\`\`\``,
    ])
      expect(linesOf(text)).toEqual([FIRST]);
  });

  it('end with an empty line, a fence or hexadecimal digits; what follows is their body', () => {
    const cut = FIRST.slice(0, 60);
    expect(linesOf(`${cut}\n\nlength of the outage: 3 hours, length 0`)).toEqual([cut]);
    const [packet] = packetsIn(`${FIRST}\n\t0x0000:  4500\nprose`, beginningOf);
    expect(packet).toEqual({ line: FIRST, joined: FIRST, body: ['\t0x0000:  4500', 'prose'] });
  });

  it('are joined over the empty lines that some tickets put between all lines', () => {
    const ip = '17:02:09.259562 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 40)';
    const ends = '10.0.0.1.63320 > 10.0.1.43.80: Flags [.], ack 1, win 1, length 0';
    expect(linesOf(`${ip}\n\n    ${ends}\n\n\t0x0000:  4500\n\n${FIRST}`)).toEqual([`${ip} ${ends}`, FIRST]);
  });

  it('are looked at no further than a longest line goes', () => {
    const long = `${FIRST}: HTTP: GET /${'a'.repeat(20_000)} HTTP/1.1`;
    expect(linesOf(long)[0]).toHaveLength(16_384);
  });

  it('are none in prose alone', () => {
    expect(linesOf('We saw 502s.\nNothing else.\n')).toEqual([]);
  });
});
