import { describe, expect, it } from 'vitest';
import { addressesKey, ListedConnections } from '../../../src/capture/text-log/listed-connections.js';

describe('the connections of a list', () => {
  it('are one in both directions', () => {
    const connections = new ListedConnections();
    const there = connections.named('a', '1', 'b', '80', true);
    const back = connections.named('b', '80', 'a', '1', false);
    expect(back.mine).toBe(there.peer);
    expect(back.peer).toBe(there.mine);
  });

  it('begin anew with a SYN behind their end', () => {
    const connections = new ListedConnections();
    const { mine } = connections.named('a', '1', 'b', '80', true);
    expect(connections.named('a', '1', 'b', '80', true).mine).toBe(mine);
    mine.isDone = true;
    expect(connections.named('a', '1', 'b', '80', true).mine).not.toBe(mine);
  });

  it('are open until the speaker has ended', () => {
    const connections = new ListedConnections();
    const { mine, peer } = connections.named('b', '1', 'a', '80', true);
    expect(connections.open('b', 'a', true)).toEqual([{ mine, peer }]);
    expect(connections.open('a', 'b', null)).toEqual([{ mine: peer, peer: mine }]);
    mine.isDone = true;
    expect([connections.open('b', 'a', true), connections.open('a', 'c', true)]).toEqual([[], []]);
    expect(connections.open('a', 'b', false)).toHaveLength(1);
  });

  it('are nobody’s where too many are open; those that have ended are not counted', () => {
    const connections = new ListedConnections();
    const speakers = Array.from({ length: 65 }, (_, port) => connections.named('a', String(port), 'b', '80', true));
    expect(connections.open('a', 'b', true)).toEqual([]);
    const [first] = speakers;
    if (first === undefined) throw new Error('none was listed');
    first.mine.isDone = true;
    first.peer.isDone = true;
    expect(connections.open('a', 'b', true)).toHaveLength(64);
  });

  it('of one host are open for whom a message is from', () => {
    const connections = new ListedConnections();
    const { mine, peer } = connections.named('a', '9000', 'a', '80', true);
    expect(connections.open('a', 'a', true)[0]?.mine).toBe(mine);
    expect(connections.open('a', 'a', false)[0]?.mine).toBe(peer);
    expect(connections.open('a', 'a', null)).toEqual([]);
  });
});

it('two addresses have one key in either order', () => {
  expect(addressesKey('b', 'a')).toBe(addressesKey('a', 'b'));
});
