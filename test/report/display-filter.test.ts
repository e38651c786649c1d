import { expect, it } from 'vitest';
import { displayFilter, occurrenceFilter } from '../../src/report/display-filter.js';
import { occurrence } from './analyses.js';

it('finds an occurrence of the only capture by its stream', () => {
  expect(displayFilter(occurrence(3, 6), 1)).toBe('tcp.stream eq 3');
});

it('finds an occurrence of one capture among several by addresses and ports, since streams run over all of them', () => {
  expect(displayFilter(occurrence(3, 6), 2)).toBe(
    'ip.addr == 10.0.0.1 && ip.addr == 10.0.1.43 && tcp.port == 53554 && tcp.port == 80',
  );
});

it('names the field of IPv6 for IPv6', () => {
  const v6 = occurrence(3, 6, {
    client: { address: '2001:db8::1', port: 1024 },
    server: { address: '2001:db8::2', port: 443 },
  });
  expect(displayFilter(v6, 2)).toBe(
    'ipv6.addr == 2001:db8::1 && ipv6.addr == 2001:db8::2 && tcp.port == 1024 && tcp.port == 443',
  );
});

it('shows the packets of other connections too, where numbers tell them', () => {
  const { packets } = occurrence(3, 6);
  const both = occurrence(3, 6, {
    packets: [...packets, { packet: 40, atNs: 7_000_000_000, note: '502 in front', elsewhere: true }],
  });
  expect(occurrenceFilter(both, 1)).toBe('tcp.stream eq 3 or frame.number == 40');
  const three = {
    ...both,
    packets: [...both.packets, { packet: 41, atNs: 8_000_000_000, note: '', elsewhere: true as const }],
  };
  expect(occurrenceFilter(three, 1)).toBe('tcp.stream eq 3 or frame.number in {40, 41}');
  expect(occurrenceFilter(both, 2)).toBe(displayFilter(both, 2));
  expect(occurrenceFilter(occurrence(3, 6), 1)).toBe('tcp.stream eq 3');
});
