import { expect, it } from 'vitest';
import { isAddress, isInternalHost } from '../../../src/rules/judgements/internal-host.js';

it('addresses and names of inner networks are known as such', () => {
  const inner = ['10.0.1.43', '172.16.0.1', '172.31.9.9', '192.168.1.1', '127.0.0.1', '169.254.1.1', '100.64.0.1'];
  for (const host of [...inner, '::1', 'fd00::1', 'fe80::1', 'crm01', 'localhost', 'a.corp.internal', 'x.svc', 'b.lan'])
    expect(isInternalHost(host), host).toBe(true);
  for (const host of [
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '2001:db8::1',
    'shop.example',
    'internal.example',
    'land.example',
  ])
    expect(isInternalHost(host), host).toBe(false);
  expect([isAddress('10.0.0.1'), isAddress('::1'), isAddress('a.example')]).toEqual([true, true, false]);
});
