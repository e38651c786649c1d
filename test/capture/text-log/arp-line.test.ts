import { describe, expect, it } from 'vitest';
import { LINKTYPE_PRINTED } from '../../../src/capture/link-types.js';
import { readArp } from '../../../src/capture/text-log/arp-line.js';
import { pcapOfText } from '../../../src/capture/text-log/convert.js';
import type { PresenceSign } from '../../../src/net/segment.js';
import { Notes } from '../../net/packets.js';

/** Who speaks, who is asked for, and the link-layer address of who speaks. */
function said(line: string): string | null {
  const arp = readArp(line);
  if (arp === null) return null;
  const mac = arp.senderMac === null ? '' : ` ${Buffer.from(arp.senderMac).toString('hex')}`;
  return `${arp.isRequest ? 'request' : 'reply'} ${arp.sender} > ${arp.target}${mac}`;
}

describe('an ARP line', () => {
  it.each([
    ['ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28', 'request 10.0.0.1 > 10.0.0.2'],
    [
      'ARP, Ethernet (len 6), IPv4 (len 4), Request who-has 10.0.0.2 tell 10.0.0.1, length 28',
      'request 10.0.0.1 > 10.0.0.2',
    ],
    ['ARP, Request who-has 10.0.0.2 (aa:bb:cc:dd:ee:02) tell 10.0.0.1, length 46', 'request 10.0.0.1 > 10.0.0.2'],
    ['ARP, Reply 10.0.0.2 is-at aa:bb:cc:dd:ee:02, length 28', 'reply 10.0.0.2 > null aabbccddee02'],
    ['ARP, Reply 10.0.0.2 is-at aa:bb:cc:dd:ee:02 (oui Unknown), length 28', 'reply 10.0.0.2 > null aabbccddee02'],
    ['ARP, Announcement 10.0.0.2, length 28', 'request 10.0.0.2 > 10.0.0.2'],
    ['ARP, Probe 10.0.0.2, length 28', 'request null > 10.0.0.2'],
    ['ARP, Request who-has 10.0.0.2 tell 0.0.0.0, length 28', 'request null > 10.0.0.2'],
    ['arp who-has 10.0.0.2 tell 10.0.0.1', 'request 10.0.0.1 > 10.0.0.2'],
    ['arp reply 10.0.0.2 is-at 0:bb:cc:dd:ee:2', 'reply 10.0.0.2 > null 00bbccddee02'],
    ['ARP, Request who-has web tell gw.example.net, length 28', 'request gw.example.net > web'],
    [
      'aa:bb:cc:dd:ee:01 > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Request who-has 10.0.0.2 tell 10.0.0.1, length 28',
      'request 10.0.0.1 > 10.0.0.2 aabbccddee01',
    ],
    [
      'aa:bb:cc:dd:ee:01 (oui Unknown) > Broadcast, ethertype ARP (0x0806), length 42: Request who-has 10.0.0.2 tell 10.0.0.1, length 28',
      null,
    ],
    [
      'aa:bb:cc:dd:ee:01 > ff:ff:ff:ff:ff:ff, ethertype 802.1Q (0x8100), length 46: vlan 5, p 0, ethertype ARP (0x0806), Request who-has 10.0.0.2 tell 10.0.0.1, length 28',
      'request 10.0.0.1 > 10.0.0.2 aabbccddee01',
    ],
    [
      'eth0  B   ifindex 2 aa:bb:cc:dd:ee:01 ethertype ARP (0x0806), length 48: Ethernet (len 6), IPv4 (len 4), Request who-has 10.0.0.2 tell 10.0.0.1, length 28',
      'request 10.0.0.1 > 10.0.0.2 aabbccddee01',
    ],
    ['eth0  Out ARP, Reply 10.0.0.2 is-at aa:bb:cc:dd:ee:02, length 28', 'reply 10.0.0.2 > null aabbccddee02'],
    [
      'aa:bb:cc:dd:ee:1 ff:ff:ff:ff:ff:ff 0806 42: arp who-has 10.0.0.2 tell 10.0.0.1',
      'request 10.0.0.1 > 10.0.0.2 aabbccddee01',
    ],
    ['RARP, Request who-is aa:bb:cc:dd:ee:02 tell aa:bb:cc:dd:ee:01, length 28', null],
    ['IP 10.0.0.1.53 > 10.0.0.2.5353: ARP, Reply 10.0.0.2 is-at aa:bb:cc:dd:ee:02', null],
    ['then we saw ARP, Request who-has 10.0.0.2 tell 10.0.0.1', null],
  ])('%s', (line, expected) => {
    expect(said(`17:02:09.259000 ${line}`)).toBe(expected);
  });

  it.each([
    ['aa:bb:cc:dd:ee:01 → ff:ff:ff:ff:ff:ff ARP 42 Who has 10.0.0.2? Tell 10.0.0.1', 'request 10.0.0.1 > 10.0.0.2'],
    [
      'aa:bb:cc:dd:ee:02 → aa:bb:cc:dd:ee:01 ARP 60 10.0.0.2 is at aa:bb:cc:dd:ee:02',
      'reply 10.0.0.2 > null aabbccddee02',
    ],
    ['aa:bb:cc:dd:ee:01 →              ARP 48 Who has 10.0.0.2? Tell 10.0.0.1', 'request 10.0.0.1 > 10.0.0.2'],
    ['Dell_01 → Broadcast ARP 42 Who has 10.0.0.2? (ARP Probe)', 'request null > 10.0.0.2'],
    ['Dell_01 → Broadcast ARP 42 ARP Announcement for 10.0.0.2', 'request 10.0.0.2 > 10.0.0.2'],
    ['Dell_01 → Broadcast ARP 42 Gratuitous ARP for 10.0.0.2 (Reply)', 'request 10.0.0.2 > 10.0.0.2'],
    ['10.0.0.1 → 10.0.0.2 HTTP 142 GET /10.0.0.2 is at aa:bb:cc:dd:ee:02 HTTP/1.1', null],
  ])('listed: %s', (line, expected) => {
    expect(said(`    7 0.012345 ${line}`)).toBe(expected);
  });
});

describe('the packets made of them', () => {
  /** Packets are counted from 1. */
  const signsOf = (text: string): Omit<PresenceSign, 'atNs'>[] => {
    const pcap = Buffer.from(pcapOfText(text, () => undefined).pcap);
    const notes = new Notes();
    for (let at = 24; at < pcap.length; ) {
      const end = at + 16 + pcap.readUInt32LE(at + 8);
      notes.decode(pcap.subarray(at + 16, end), { linkType: LINKTYPE_PRINTED });
      at = end;
    }
    expect([...notes.decoder.anomalies.keys()]).toEqual([]);
    return notes.signs.map(({ atNs: _, ...sign }) => sign);
  };

  it('say what packets of ARP say, each in its place', () => {
    const text = `17:02:09.000000 ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28
17:02:09.100000 STP 802.1d, Config, Flags [none], bridge-id 8000.aa:bb:cc:dd:ee:ff.8001, length 43
17:02:09.200000 ARP, Reply 10.0.0.2 is-at aa:bb:cc:dd:ee:02, length 28
`;
    expect(signsOf(text)).toEqual([
      { packet: 1, address: '10.0.0.1', kind: 'neighbour', mac: null },
      { packet: 1, address: '10.0.0.2', kind: 'asked', mac: null },
      { packet: 3, address: '10.0.0.2', kind: 'neighbour', mac: 0xaabbccddee02 },
    ]);
  });

  it('know the sender’s link-layer address where -e prints it', () => {
    const text =
      '17:02:09.000000 aa:bb:cc:dd:ee:01 > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Request who-has 10.0.0.2 tell 10.0.0.1, length 28\n';
    expect(signsOf(text)[0]).toEqual({ packet: 1, address: '10.0.0.1', kind: 'neighbour', mac: 0xaabbccddee01 });
  });

  it('have the addresses that stand for names', () => {
    expect(
      signsOf('17:02:09.000000 ARP, Request who-has web tell gw, length 28\n').map(({ address }) => address),
    ).toEqual(['198.18.0.1', '198.18.0.2']);
  });
});
