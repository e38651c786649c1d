import { describe, expect, it } from 'vitest';
import { beginsPacket, looksPrinted, readPrinted } from '../../../src/capture/text-log/line.js';

const SYN =
  '17:02:09.259562 IP 10.0.0.1.63320 > 10.0.1.43.80: Flags [S], seq 3514370013, win 26883, options [mss 8961,sackOK,TS val 7 ecr 0,nop,wscale 8], length 0';

describe('a packet as tcpdump prints it', () => {
  it('by default', () => {
    expect(readPrinted(SYN)).toEqual({
      atNs: 61_329_259_562_000n,
      hasDate: false,
      source: { host: '10.0.0.1', port: 63320 },
      destination: { host: '10.0.1.43', port: 80 },
      flags: 2,
      sequence: 3_514_370_013,
      acknowledgement: null,
      window: 26_883,
      length: 0,
      options: [2, 4, 35, 1, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0, 3, 3, 8, 1],
      ttl: null,
      ipId: null,
      text: null,
    });
  });

  it('with names, ports by name, and the first line of HTTP', () => {
    const line =
      '17:02:09.260695 IP lb.example.63320 > web1.http: Flags [P.], seq 1:1246, ack 1, win 106, length 1245: HTTP: GET /a?b=c HTTP/1.1';
    expect(readPrinted(line)).toMatchObject({
      source: { host: 'lb.example', port: 63320 },
      destination: { host: 'web1', port: 80 },
      flags: 24,
      sequence: 1,
      acknowledgement: 1,
      length: 1245,
      text: 'GET /a?b=c HTTP/1.1',
    });
  });

  it('with -v (joined), a date, -e, -i any and IPv6', () => {
    const verbose =
      '2024-06-10 13:50:58.480543 IP (tos 0x0, ttl 63, id 4242, offset 0, flags [DF], proto TCP (6), length 60) 10.0.0.1.1 > 10.0.0.2.443: Flags [S], cksum 0x1 (correct), seq 9, win 1, length 0';
    expect(readPrinted(verbose)).toMatchObject({
      ttl: 63,
      ipId: 4242,
      hasDate: true,
      atNs: 1_718_027_458_480_543_000n,
    });
    const linkLayer =
      '1718027458.480543 aa:bb:cc:00:00:01 > aa:bb:cc:00:00:02, ethertype IPv4 (0x0800), length 66: 10.0.0.1.1 > 10.0.0.2.443: Flags [.], ack 5, win 1, length 0';
    expect(readPrinted(linkLayer)).toMatchObject({ flags: 16, acknowledgement: 5, hasDate: true });
    const any =
      '13:50:58.480543 eth0  In  IP6 2001:db8::1.50000 > 2001:db8::2.443: Flags [R.], seq 1, ack 2, win 0, length 0';
    expect(readPrinted(any)).toMatchObject({ source: { host: '2001:db8::1', port: 50000 }, flags: 20 });
  });

  it('is none where it says no TCP segment', () => {
    for (const line of [
      '',
      'the 502 came at 17:02:09.259562 ',
      '17:02:09.1 IP 10.0.0.1 > 10.0.0.2: ICMP echo request, length 64',
      SYN.slice(0, 60),
    ])
      expect(readPrinted(line)).toBeNull();
    expect(readPrinted(SYN.replace('.80:', '.nobody-knows:'))).toBeNull();
  });

  it('is found among prose', () => {
    expect(looksPrinted(`We saw this:\n> ${SYN}\nWhat is it?`)).toBe(true);
    expect(looksPrinted('Flags are at 17:02:09.259562 half mast')).toBe(false);
    expect([beginsPacket(`web1 | ${SYN}`), beginsPacket('    10.0.0.1.1 > 10.0.0.2.2: Flags')]).toEqual([true, false]);
  });
});
