import { expect, it } from 'vitest';
import type { InOrder } from '../../src/bytes/in-order.js';
import { Direction } from '../../src/tls/direction.js';
import { PlaintextTarget } from '../../src/tls/plaintext-target.js';
import { NO_OWNER } from './no-owner.js';

/** Both directions of a connection, and what those are told that take its plaintext. */
function target() {
  const lines: string[] = [];
  const listening = (side: string): InOrder => ({
    bytes: () => lines.push(`${side} bytes`),
    gap: () => lines.push(`${side} gap`),
    end: (how, packet, at) => lines.push(`${side} ${how} ${packet} ${at}`),
  });
  const plaintext = () => {
    lines.push('asked for');
    return { client: listening('client'), server: listening('server') };
  };
  const [one, other] = [new Direction(NO_OWNER, false), new Direction(NO_OWNER, false)];
  return { lines, one, other, made: new PlaintextTarget({ plaintext }, one, other, one) };
}

const NOTHING = new Uint8Array();

it('is asked for once, with the first byte that there is', () => {
  const { lines, one, other, made } = target();
  made.end(one, 'fin', 3, 30);
  expect(lines).toEqual([]);
  made.of(one).bytes(NOTHING, 0, 0, 4, 40);
  made.of(other).bytes(NOTHING, 0, 0, 5, 50);
  expect(lines).toEqual(['asked for', 'client bytes', 'server bytes']);
});

it('is told once of each direction that nothing follows', () => {
  const { lines, one, other, made } = target();
  made.of(one);
  made.end(one, 'fin', 6, 60);
  made.end(one, 'rst', 7, 70);
  made.end(other, 'rst', 8, 80);
  expect(lines).toEqual(['asked for', 'client fin 6 60', 'server rst 8 80']);
});

it('is told of a direction that had ended before the other said its first', () => {
  const { lines, one, other, made } = target();
  Object.assign(other, { endedHow: 'rst', endPacket: 2, endNs: 20 });
  made.of(one);
  made.end(other, 'rst', 2, 20);
  expect(lines).toEqual(['asked for', 'server rst 2 20']);
});

it('takes close_notify for the end, where it was read', () => {
  const { lines, one, other, made } = target();
  for (const direction of [one, other]) direction.tally.record(21, 2, true, 9, 90);
  one.closeNotify = 'encrypted';
  other.closeNotify = 'seen';
  made.of(one);
  expect(lines).toEqual(['asked for', 'server fin 9 90']);
});
