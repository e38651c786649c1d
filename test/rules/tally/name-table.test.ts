import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { MAX_NAMES, MAX_NAMES_PER_PLACE, NameTally } from '../../../src/rules/tally/name-table.js';
import {
  clientHelloFacts,
  connection,
  exchange,
  request,
  response,
  SERVER,
  side,
  tlsFacts,
} from '../../findings/connections.js';

function asking(...authorities: readonly (string | null)[]): Connection {
  return connection({ exchanges: authorities.map((authority) => exchange({ request: request({ authority }) })) });
}

function namesAfter(...connections: readonly Connection[]): readonly string[] {
  const tally = new NameTally();
  for (const each of connections) tally.inspect(each);
  return tally.namesOf(SERVER.address, SERVER.port);
}

describe('names of a server', () => {
  it('are the hosts of its requests, most used first, without port and in lower case', () => {
    expect(namesAfter(asking('b.example', 'A.example:8080', 'a.example'), asking('a.example.'))).toEqual([
      'a.example',
      'b.example',
    ]);
  });

  it('are the server names of TLS where no request can be read', () => {
    const tls = tlsFacts({ clientHello: clientHelloFacts({ serverNames: ['S.Example.', 'other.example'] }) });
    const closed = connection({ exchanges: [], tls });
    expect(namesAfter(closed)).toEqual(['s.example']);
    expect(namesAfter(closed, { ...asking('a.example', 'a.example'), tls })).toEqual(['a.example', 's.example']);
    expect(namesAfter(connection({ exchanges: [], tls: tlsFacts() }))).toEqual([]);
  });

  it('are not those that requests in a tunnel name', () => {
    const connect = exchange({
      request: request({ method: 'CONNECT', target: 'other.example:443', authority: 'other.example:443' }),
      response: response({ framing: 'tunnel' }),
    });
    const within = exchange({ request: request({ authority: 'other.example' }) });
    const before = exchange({ request: request({ authority: 'proxy.example' }) });
    expect(namesAfter(connection({ exchanges: [before, connect, within] }))).toEqual(['proxy.example']);
  });

  it('of equal use come in one order, whatever the order of the requests', () => {
    expect(namesAfter(asking('bb.example', 'c.example', 'a.example'))).toEqual([
      'a.example',
      'c.example',
      'bb.example',
    ]);
  });

  it.each([
    '10.0.1.43',
    '10.0.1.43:80',
    '[2001:db8::1]:443',
    '0x7f.1',
    '2130706433',
    '',
    'a b',
    '\u001b[2J',
    '..',
    null,
  ])('are not made of the authority %j, which is no name', (authority) =>
    expect(namesAfter(asking(authority))).toEqual([]),
  );

  it('are not what a proxy is asked for (RFC 9112 §3.2.2, §3.2.3)', () => {
    const exchanges = [
      exchange({
        request: request({ method: 'CONNECT', target: 'other.example:443', authority: 'other.example:443' }),
      }),
      exchange({ request: request({ target: 'http://other.example/', authority: 'other.example' }) }),
      exchange({ request: null }),
    ];
    expect(namesAfter(connection({ exchanges }))).toEqual([]);
    const origin = exchange({ request: request({ target: '/login?to=http://x.example/' }) });
    expect(namesAfter(connection({ exchanges: [origin] }))).toEqual(['serv1.example']);
  });

  it('belong to one endpoint', () => {
    const tally = new NameTally();
    tally.inspect(asking('a.example'));
    expect(tally.namesOf(SERVER.address, 81)).toEqual([]);
    expect(tally.namesOf('10.0.1.44', SERVER.port)).toEqual([]);
  });

  it('include what DNS answered, for all ports, behind what clients asked for', () => {
    const tally = new NameTally();
    tally.dns('Alias.example', SERVER.address);
    tally.dns('alias.example', SERVER.address);
    tally.dns('b.example', SERVER.address);
    tally.inspect(asking('b.example'));
    expect(tally.namesOf(SERVER.address, 80)).toEqual(['b.example', 'alias.example']);
    expect(tally.namesOf(SERVER.address, 443)).toEqual(['alias.example', 'b.example']);
  });

  it('survive a scanner that makes up a name for each request', () => {
    const made = Array.from({ length: 5 * MAX_NAMES_PER_PLACE }, (_, index) => `made-up-name-${index}.scanner.example`);
    const names = namesAfter(asking(...made), asking('serv1.example', 'serv1.example'), asking(...made));
    expect(names).toHaveLength(MAX_NAMES_PER_PLACE);
    expect(names[0]).toBe('serv1.example');
    expect(names[1]).toBe('made-up-name-0.scanner.example');
  });

  it('are bounded in all, over any number of addresses', () => {
    const tally = new NameTally();
    for (let index = 0; index < 2 * MAX_NAMES + 5; index += 1) tally.dns(`n${index}.example`, `10.${index}`);
    const kept = Array.from({ length: 2 * MAX_NAMES + 5 }, (_, index) => tally.namesOf(`10.${index}`, 80).length);
    expect(kept.reduce((sum, names) => sum + names, 0)).toBe(MAX_NAMES);
    expect(kept[0]).toBe(1);
    expect(kept.at(-1)).toBe(0);
  });
});

describe('name tallies merged', () => {
  const word = fc.constantFrom('a', 'b', 'ccc').chain((letter) => fc.nat(600).map((n) => `${letter}${n}.example`));
  const authorities = fc.array(word, { maxLength: 700 });

  it('give what one tally would have given, in any split and order, within the bounds and beyond', () => {
    fc.assert(
      fc.property(fc.array(authorities, { maxLength: 6 }), fc.array(fc.nat(2), { maxLength: 6 }), (lists, parts) => {
        const whole = new NameTally();
        const split = [new NameTally(), new NameTally(), new NameTally()];
        lists.forEach((list, index) => {
          whole.inspect(asking(...list));
          split[parts[index] ?? 0]?.inspect(asking(...list));
        });
        const left = mergedOf(split);
        const right = mergedOf([...split].reverse());
        const expected = whole.namesOf(SERVER.address, SERVER.port);
        expect(left.namesOf(SERVER.address, SERVER.port)).toEqual(expected);
        expect(right.namesOf(SERVER.address, SERVER.port)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('keep endpoints and DNS apart', () => {
    const one = new NameTally();
    one.inspect(connection({ server: side({ address: '10.0.0.9', port: 81 }), exchanges: [exchange()] }));
    const other = new NameTally();
    other.dns('dns.example', '10.0.0.9');
    one.merge(other.seen);
    expect(one.namesOf('10.0.0.9', 81)).toEqual(['serv1.example', 'dns.example']);
    expect(one.namesOf('10.0.0.9', 82)).toEqual(['dns.example']);
  });
});

function mergedOf(parts: readonly NameTally[]): NameTally {
  const merged = new NameTally();
  for (const part of parts) merged.merge(part.seen);
  return merged;
}
