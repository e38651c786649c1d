import { describe, expect, it } from 'vitest';
import { readPrinted } from '../../../src/capture/text-log/line.js';

const SYN =
  '17:02:09.259562 IP 10.0.0.1.63320 > 10.0.1.43.80: Flags [S], seq 3514370013, win 26883, options [mss 8961,sackOK,TS val 7 ecr 0,nop,wscale 8], length 0';

describe('a packet as tcpdump prints it', () => {
  it('by default: of the IP header only the addresses', () => {
    expect(readPrinted(SYN)).toEqual({
      time: { atNs: 61_329_259_562_000n, hasDate: false, isRelative: false, end: 15 },
      source: { host: '10.0.0.1', port: '63320' },
      destination: { host: '10.0.1.43', port: '80' },
      flags: 2,
      sequence: 3_514_370_013,
      acknowledgement: null,
      window: 26_883,
      length: 0,
      options: [2, 4, 35, 1, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0, 3, 3, 8, 1],
      tcpChecksum: null,
      ttl: null,
      ipId: null,
      fragment: null,
      trafficClass: null,
      link: { direction: null, interfaceName: null, mac: null, macTo: null, vlan: null },
      text: null,
      textFollows: false,
    });
  });

  it('with names, ports by name, and the first line of HTTP, whatever quotes it', () => {
    const line =
      '17:02:09.260695 IP lb.example.63320 > web1.http: Flags [P.], seq 1:1246, ack 1, win 106, length 1245: HTTP: GET /a?b=c HTTP/1.1';
    for (const quoted of [line, `| ${line} |`, `- \`${line}\``])
      expect(readPrinted(quoted)).toMatchObject({
        source: { host: 'lb.example', port: '63320' },
        destination: { host: 'web1', port: 'http' },
        flags: 24,
        sequence: 1,
        acknowledgement: 1,
        length: 1245,
        text: 'GET /a?b=c HTTP/1.1',
      });
  });

  it('with -v: the IP header, and whether HTTP follows', () => {
    const verbose =
      '2024-06-10 13:50:58.480543 IP (tos 0x2,ECT(0), ttl 63, id 4242, offset 0, flags [DF], proto TCP (6), length 60) 10.0.0.1.1 > 10.0.0.2.443: Flags [P.], cksum 0x1a2b (correct), seq 9:17, ack 1, win 1, length 8: HTTP, length: 8';
    expect(readPrinted(verbose)).toMatchObject({
      ttl: 63,
      ipId: 4242,
      fragment: 0x4000,
      trafficClass: 2,
      tcpChecksum: 0x1a2b,
      time: { hasDate: true, atNs: 1_718_027_458_480_543_000n },
      textFollows: true,
    });
    const v6 =
      '13:50:58.480543 IP6 (class 0xb8, flowlabel 0x12345, hlim 61, next-header TCP (6) payload length: 20) 2001:db8::1.50000 > 2001:db8::2.443: Flags [R], cksum 0x1 (correct), seq 1, win 0, length 0';
    expect(readPrinted(v6)).toMatchObject({ ttl: 61, ipId: null, trafficClass: 0xb8, fragment: null });
  });

  it('with -e, and of -i any: the link', () => {
    const ethernet =
      '1718027458.480543 aa:bb:cc:00:00:01 (oui Unknown) > aa:bb:cc:00:00:02 (oui Unknown), ethertype 802.1Q (0x8100), length 70: vlan 10, p 0, ethertype IPv4 (0x0800), 10.0.0.1.1 > 10.0.0.2.443: Flags [.], ack 5, win 1, length 0';
    expect(readPrinted(ethernet)).toMatchObject({
      flags: 16,
      acknowledgement: 5,
      link: {
        mac: [0xaa, 0xbb, 0xcc, 0, 0, 1],
        macTo: [0xaa, 0xbb, 0xcc, 0, 0, 2],
        vlan: 10,
        direction: null,
        interfaceName: null,
      },
    });
    const any =
      '13:50:58.480543 eth0  In  IP6 2001:db8::1.50000 > 2001:db8::2.443: Flags [R.], seq 1, ack 2, win 0, length 0';
    expect(readPrinted(any)).toMatchObject({
      source: { host: '2001:db8::1', port: '50000' },
      flags: 20,
      link: { direction: 'inbound', interfaceName: 'eth0', mac: null },
    });
    const cooked =
      '13:50:58.480543 br0   Out ifindex 3 02:00:00:00:00:31 ethertype IPv4 (0x0800), length 80: 10.0.0.1.1 > 10.0.0.2.443: Flags [.], ack 5, win 1, length 0';
    expect(readPrinted(cooked)?.link).toEqual({
      direction: 'outbound',
      interfaceName: 'br0',
      mac: [2, 0, 0, 0, 0, 0x31],
      macTo: null,
      vlan: null,
    });
  });

  it('of macOS, with the process', () => {
    const line =
      '17:02:09.259562 (en0, proc curl:812, svc BE, out, so) IP 10.0.0.1.63320 > 10.0.1.43.80: Flags [SEW], seq 9, win 65535, options [mss 1460,nop,wscale 6,nop,nop,TS val 1 ecr 0,sackOK,eol], length 0';
    expect(readPrinted(line)).toMatchObject({ flags: 2 | 64 | 128, window: 65_535 });
  });

  it('of tcpdump before 4.0 and of OpenBSD: dots are no flags', () => {
    const old = (rest: string) => readPrinted(`17:02:09.259562 IP 10.0.0.1.63320 > 10.0.1.43.80: ${rest}`);
    expect(old('S 3514370013:3514370013(0) win 26883 <mss 1460,sackOK,timestamp 1 0,nop,wscale 8>')).toMatchObject({
      flags: 2,
      sequence: 3_514_370_013,
      acknowledgement: null,
      length: 0,
      options: [2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 3, 3, 8, 1],
    });
    expect(old('P 1:1246(1245) ack 1 win 106')).toMatchObject({ flags: 24, sequence: 1, length: 1245 });
    expect(old('. ack 1 win 106')).toMatchObject({ flags: 16, sequence: null, acknowledgement: 1, length: 0 });
    expect(old('R 1747571873:1747571873(0) win 0 (DF)')).toMatchObject({ flags: 4, acknowledgement: null });
    expect(
      readPrinted('17:02:09.259562 10.0.0.1.63320 > 10.0.1.43.80: S 9:9(0) win 16384 <mss 1460> (DF)'),
    ).toMatchObject({ flags: 2, sequence: 9 });
    expect(old('we saw a lot of these')).toBeNull();
  });

  it('within a tunnel, but not quoted by an ICMP error', () => {
    const segment = '10.0.0.1.63320 > 10.0.1.43.80: Flags [S], seq 9, win 1, length 0';
    expect(readPrinted(`17:02:09.259562 IP 192.0.2.1 > 192.0.2.2: GREv0, length 64: IP ${segment}`)).not.toBeNull();
    expect(
      readPrinted(
        `17:02:09.259562 IP 192.0.2.1 > 192.0.2.2: ICMP 10.0.1.43 tcp port 80 unreachable, length 68 IP (tos 0x0, ttl 63, id 1, offset 0, flags [DF], proto TCP (6), length 60) ${segment}`,
      ),
    ).toBeNull();
  });

  it('is none where it says no TCP segment, at each length', () => {
    for (const line of [
      '',
      'the 502 came at 17:02:09.259562 ',
      '17:02:09.1 IP 10.0.0.1 > 10.0.0.2: ICMP echo request, length 64',
      '17:02:09.259562 IP 10.0.0.1.63320 > 10.0.1.43.80: tcp 19',
      SYN.replace('17:02:09.259562 ', ''),
    ])
      expect(readPrinted(line)).toBeNull();
    for (let length = 0; length < SYN.length - 1; length += 1) expect(readPrinted(SYN.slice(0, length))).toBeNull();
  });
});
