import { expect, it } from 'vitest';
import { type Attempt, type Attempts, attemptsUntil } from '../../../src/rules/gateway-unasked/tally.js';
import { boundedTable, entryOf } from '../../../src/rules/tally/bounded-table.js';
import { addEarliest, earliest } from '../../../src/rules/tally/earliest.js';

const CLIENT = '10.0.1.49';
const server = { address: '10.0.1.43', port: 8080 };

/** With room for two attempts of each client, and for so many clients. */
function attemptsAt(times: readonly number[], clients = 2) {
  const attempts = boundedTable<Attempts>(clients);
  const of = entryOf(attempts, times.length === 0 ? '192.0.2.1' : CLIENT, () => ({
    ...{ earliest: earliest<Attempt>(2), firstNs: 0, lastNs: 0 },
  }));
  if (of !== null)
    for (const atNs of times) addEarliest(of.earliest, { atNs, packet: atNs, endNs: atNs, server, isUnmet: true });
  return { attempts };
}

it.each<[string, ReturnType<typeof attemptsAt>, readonly number[] | null]>([
  ['there is none', attemptsAt([]), []],
  ['there is room for more', attemptsAt([10]), [10]],
  ['the last that is kept came later', attemptsAt([10, 40, 50]), [10, 40]],
  ['others may have come after the last that is kept', attemptsAt([10, 20, 25]), null],
  ['there is none, and of other clients no more are kept', attemptsAt([], 1), null],
])('a client’s attempts are all known up to a time: %s', (_, tally, known) => {
  expect(attemptsUntil(tally, CLIENT, 30)?.map(({ atNs }) => atNs) ?? null).toEqual(known);
});
