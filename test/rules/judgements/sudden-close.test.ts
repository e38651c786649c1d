import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { type SuddenClose, suddenCloseOf } from '../../../src/rules/judgements/sudden-close.js';
import { abortBy, answer, connection, fieldsOf, finBy, get, handshake, type Step } from '../facts.js';

const MS = 1_000_000;
/** Two exchanges, a tenth of a second apart; the second answer comes at this microsecond. */
const WORK: readonly Step[] = [get(1133), answer(3000), get(103_000, '/second'), answer(105_000)];
const HEARD = 105_000;

const worked = (ends: readonly Step[], work = WORK): Connection => connection([...handshake(), ...work, ...ends]);
const closeOf = (facts: Connection): SuddenClose | null => suddenCloseOf(facts)?.close ?? null;

describe('a close in the midst of work', () => {
  it('is told with what went before it', () => {
    expect(suddenCloseOf(worked([finBy('server', HEARD + 200)]))).toMatchObject({
      close: { idleNs: 0.2 * MS, requests: 2, longestPauseNs: 100 * MS },
      crossed: null,
    });
  });

  it('may meet a request that it does not acknowledge', () => {
    const met = suddenCloseOf(worked([finBy('server', HEARD + 200), get(HEARD + 900, '/lost')]));
    expect(met).toMatchObject({ close: { requests: 2 }, crossed: { requestsBefore: 2, heardNs: 105 * MS } });
    expect(suddenCloseOf(worked([get(HEARD + 100, '/got'), finBy('server', HEARD + 200)]))).toBeNull();
  });

  it.each([
    ['after an idle time', worked([finBy('server', HEARD + 500_000)])],
    ['of the client', worked([finBy('client', HEARD + 200)])],
    ['by reset', worked([abortBy('server', HEARD + 200)])],
    ['that was announced', worked([finBy('server', HEARD + 200)], announcing(WORK))],
    ['behind an error', worked([finBy('server', HEARD + 200)], [get(1133), answer(3000, 503)])],
    ['before anything was asked for', worked([finBy('server', 3000)], [])],
    ['of which bytes are missing', lossy(worked([finBy('server', HEARD + 200)]))],
    ['with bytes in the FIN', withPayload(worked([finBy('server', HEARD + 200)]))],
    ['behind a word that is no answer', speaking(worked([finBy('server', HEARD + 200)]))],
    ['of a connection that goes on', { ...worked([finBy('server', HEARD + 200)]), goesOn: true }],
  ])('is none %s', (_, facts) => expect(closeOf(facts)).toBeNull());
});

function announcing(work: readonly Step[]): Step[] {
  return [...work.slice(0, -1), answer(HEARD, 200, 500, { fields: fieldsOf({ connection: 'close' }) })];
}

function withPayload(facts: Connection): Connection {
  const [fin, ...others] = facts.close.segments;
  return fin === undefined
    ? facts
    : { ...facts, close: { ...facts.close, segments: [{ ...fin, payloadLength: 10 }, ...others] } };
}

function speaking(facts: Connection): Connection {
  return { ...facts, server: { ...facts.server, lastPayloadNs: (HEARD + 100) * 1000 } };
}

function lossy(facts: Connection): Connection {
  return { ...facts, server: { ...facts.server, lostBytes: 100 } };
}
