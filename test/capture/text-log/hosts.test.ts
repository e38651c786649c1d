import { expect, it } from 'vitest';
import { Hosts } from '../../../src/capture/text-log/hosts.js';

it('hosts keep their addresses, and names are given one each', () => {
  const records: string[] = [];
  const hosts = new Hosts(({ address, name }) => records.push(`${name} ${address}`));
  expect([...hosts.addressOf('10.0.1.43')]).toEqual([10, 0, 1, 43]);
  expect(Buffer.from(hosts.addressOf('2001:db8::1')).toString('hex')).toBe('20010db8000000000000000000000001');
  expect(Buffer.from(hosts.addressOf('::')).toString('hex')).toBe('0'.repeat(32));
  expect(Buffer.from(hosts.addressOf('::ffff:10.0.0.1')).toString('hex')).toBe('00000000000000000000ffff0a000001');
  const web = hosts.addressOf('WEB-1');
  expect([...web].slice(0, 2)).toEqual([198, 18]);
  expect(hosts.addressOf('WEB-1')).toBe(web);
  expect(hosts.addressOf('LB')).not.toEqual(web);
  expect(records).toHaveLength(2);
});
