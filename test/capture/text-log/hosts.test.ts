import { describe, expect, it } from 'vitest';
import { Hosts } from '../../../src/capture/text-log/hosts.js';

function hosts() {
  const records: string[] = [];
  return { records, hosts: new Hosts(({ address, name }) => records.push(`${name} ${address}`)) };
}
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('hosts', () => {
  it('keep their addresses', () => {
    const { hosts: known, records } = hosts();
    expect([...known.addressOf('10.0.1.43')]).toEqual([10, 0, 1, 43]);
    expect(hex(known.addressOf('2001:db8::1'))).toBe('20010db8000000000000000000000001');
    expect(hex(known.addressOf('fe80::1%eth0'))).toBe('fe800000000000000000000000000001');
    expect(hex(known.addressOf('::'))).toBe('0'.repeat(32));
    expect(hex(known.addressOf('::ffff:10.0.0.1'))).toBe('00000000000000000000ffff0a000001');
    expect([known.hasMadeAddresses, records]).toEqual([false, []]);
  });

  it('have one made up for a name, of the version of whom they speak with', () => {
    const { hosts: named, records } = hosts();
    const web = named.addressOf('WEB-1');
    expect([...web]).toEqual([198, 18, 0, 1]);
    expect(named.addressOf('WEB-1')).toBe(web);
    expect([...named.addressOf('LB')]).toEqual([198, 18, 0, 2]);
    expect(hex(named.addressOf('six', '2001:db8::1'))).toBe('20010002000000000000000000000003');
    expect([named.hasMadeAddresses, records]).toEqual([true, ['WEB-1 198.18.0.1', 'LB 198.18.0.2', 'six 2001:2::3']]);
  });

  it('have the address that a packet’s bytes tell', () => {
    const { hosts: learnt, records } = hosts();
    learnt.learn('web', Uint8Array.of(10, 0, 0, 1));
    learnt.learn('web', Uint8Array.of(10, 0, 0, 2));
    learnt.learn('10.0.0.3', Uint8Array.of(10, 0, 0, 4));
    expect([...learnt.addressOf('web')]).toEqual([10, 0, 0, 1]);
    expect([records, learnt.hasMadeAddresses]).toEqual([['web 10.0.0.1'], false]);
  });

  it('have made-up numbers for names of ports that nobody knows', () => {
    const { hosts: ported } = hosts();
    const port = (name: string) => ported.portOf({ host: 'a', port: name });
    expect([port('http'), port('filenet-tms'), port('mit-dov'), port('filenet-tms')]).toEqual([
      80, 65_535, 65_534, 65_535,
    ]);
    expect(ported.madePorts).toEqual(['filenet-tms', 'mit-dov']);
  });
});
