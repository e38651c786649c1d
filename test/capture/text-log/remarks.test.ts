import { expect, it } from 'vitest';
import { pcapOfText } from '../../../src/capture/text-log/convert.js';
import { remarksOf } from '../../../src/capture/text-log/remarks.js';

const remarks = (text: string) => remarksOf(pcapOfText(text, () => undefined));
const DATA = '10.0.0.1.1 > 10.0.0.2.9000: Flags [P.], seq 1:20, ack 1, win 1, length 19';

it('what a text lacks is said, and how to have it', () => {
  expect(remarks(`17:02:09.259562 IP ${DATA}`)).toEqual([
    'read from text: 1 segment',
    'the text does not say: the date; TTL and IP ID (tcpdump -v); the payload of 1 segment (tcpdump -A or -X; all of it: tcpdump -w FILE)',
  ]);
  expect(remarks(`17:02:09.259562 IP (ttl 64, id 1) ${DATA}: HTTP: GET / HTTP/1.1`)[1]).toBe(
    'the text does not say: the date; payload beyond what is printed of HTTP (all of it: tcpdump -w FILE)',
  );
});

it('what stands for what it does not say is said', () => {
  const named = '2024-06-10 17:02:09.259562 eth0 In  IP lb.filenet-tms > web.http: Flags [.], ack 1, win 1, length 0\n';
  expect(remarks(named + named.replace('eth0 In ', 'eth1 Out')).slice(2)).toEqual([
    'hosts given by name stand under made-up addresses (198.18.0.0/15, 2001:2::/48)',
    '1 port given by name (filenet-tms) stand under made-up numbers (tcpdump -n)',
    'interfaces are numbered: 1 eth0, 2 eth1',
  ]);
});

it('lines that are left out are counted', () => {
  expect(remarks('1 0.000000 10.0.0.1 → 10.0.0.2 HTTP 74 GET / HTTP/1.1').at(-1)).toContain(
    '1 listed packet of HTTP or TLS',
  );
});

it('segments of which the text does not have all are counted', () => {
  const cut = `17:02:09.259562 IP ${DATA}`;
  expect(remarks(`${cut}\n${cut.slice(0, 70)}`).at(-1)).toBe('1 segment left out: the text does not have all of it');
  expect(remarks(`${cut}\n${cut.slice(0, 40)}\n\n${cut.slice(0, 80)}`).at(-1)).toBe(
    '2 segments left out: the text does not have all of them',
  );
  expect(remarks(`1 0.0000 10.0.0.1 → 10.0.0.2 TCP 74 1 → 80 [SYN] Se`).at(-1)).toContain('1 segment left out');
});

it('times that count from the first packet are said to', () => {
  const listed = '1 0.000000 10.0.0.1 → 10.0.0.2 TCP 74 1 → 80 [SYN] Seq=0 Win=1 Len=0';
  expect(remarks(listed)[1]).toContain('does not say: when the first packet came, from which it counts its times');
  expect(remarks(listed.replace('0.000000', '12:22:12.212739'))[1]).toContain('does not say: the date;');
});
