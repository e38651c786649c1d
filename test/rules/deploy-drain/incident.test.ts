import { describe, expect, it } from 'vitest';
import { ROLES_REVERSED } from '../../../src/facts/anomaly.js';
import type { Connection } from '../../../src/facts/connection.js';
import type { ResponseMessage } from '../../../src/facts/exchange.js';
import type { TlsAlert } from '../../../src/facts/tls.js';
import { type Victim, victimsOf } from '../../../src/rules/deploy-drain/incident.js';
import { tlsFacts } from '../../findings/connections.js';
import {
  abortBy,
  answer,
  type ConnectionOptions,
  connection,
  fieldsOf,
  finBy,
  get,
  handshake,
  type RequestOptions,
  rstBy,
  type Step,
  withRequests,
} from '../facts.js';
import { overH2 } from '../h2-facts.js';
import { type SealedOptions, sealed, turn } from '../sealed-facts.js';

const MS = 1_000_000;
const END = finBy('server', 9000);

function victimsIn(facts: Connection): Victim[] {
  const victims: Victim[] = [];
  victimsOf(facts, (victim) => victims.push(victim));
  return victims;
}

/** A request at 1 ms, and what becomes of it. */
function lost(steps: readonly Step[], options: ConnectionOptions = {}, request: RequestOptions = {}): Victim[] {
  return victimsIn(connection([...handshake(), get(1000, '/report', request), ...steps], options));
}

describe('a request in progress when its server ends the connection', () => {
  it('is lost with it: how old it was', () => {
    expect(lost([END])).toMatchObject([
      { ageNs: 8 * MS, how: 'fin', amidAnswer: false, target: '/report', bytes: 100, h2Stream: null, atNs: 9 * MS },
    ]);
  });

  it('is aborted with its socket, and not by whoever answers for one that is not there', () => {
    expect(lost([abortBy('server', 9000)])).toMatchObject([{ how: 'rst' }]);
    expect(lost([rstBy('server', 9000)])).toEqual([]);
  });

  it('was read: the end acknowledges all of it', () => {
    expect(lost([finBy('server', 9000, 1)])).toEqual([]);
  });

  it('was sent whole before the end', () => {
    expect(lost([END], {}, { complete: false })).toEqual([]);
    const facts = connection([...handshake(), get(1000), END]);
    const late = (endNs: number) => victimsIn(withRequests(facts, { endNs }));
    expect(late(9 * MS)).toMatchObject([{ ageNs: 0 }]);
    expect(late(9 * MS + 1)).toEqual([]);
  });

  it('was not at the end of its answer', () => {
    const begun = (message: Partial<ResponseMessage>) =>
      lost([answer(3000, 200, 500, { complete: false, framing: 'content-length', ...message }), END]);
    expect(begun({})).toMatchObject([{ amidAnswer: true }]);
    expect(begun({ complete: true })).toEqual([]);
    expect(begun({ framing: 'close' })).toEqual([]);
    expect(begun({ lostBytes: 1 })).toEqual([]);
    expect(begun({ fields: fieldsOf({ 'content-type': 'text/event-stream' }) })).toEqual([]);
  });

  it('is none that may end unanswered', () => {
    expect(lost([END], {}, { fields: fieldsOf({ upgrade: 'websocket', connection: 'upgrade' }) }).length).toBe(1);
    expect(lost([END], {}, { target: '/socket.io/?EIO=4&transport=polling' })).toEqual([]);
  });

  it('is not told of one side, in TLS that was not opened whole, or with the roles reversed', () => {
    expect(lost([END], { guards: { oneSided: true } })).toEqual([]);
    expect(lost([END], { anomalies: [{ name: ROLES_REVERSED, from: 'client', packet: 4, count: 1 }] })).toEqual([]);
    const facts = connection([...handshake(), get(1000), END]);
    expect(victimsIn({ ...facts, tls: tlsFacts({ decryption: 'whole' }) })).toHaveLength(1);
    expect(victimsIn({ ...facts, tls: tlsFacts({ decryption: 'partial' }) })).toEqual([]);
  });

  it('is none where nobody closes, or nothing was asked', () => {
    expect(lost([])).toEqual([]);
    expect(victimsIn(connection([...handshake(), END]))).toEqual([]);
  });
});

describe('requests in progress on a connection of HTTP/2', () => {
  const over = (resetNs: number | null) =>
    victimsIn(
      overH2(connection([...handshake(), get(1000, '/a'), get(2000, '/b'), answer(3000), END]), {}, (at) => ({
        reset:
          at === 1 && resetNs !== null ? { by: 'client', code: 8, packet: 7, atNs: resetNs, openStreams: 1 } : null,
      })),
    );

  it('are lost, whatever of the others was answered', () => {
    expect(over(null)).toMatchObject([{ h2Stream: 3, target: '/b' }]);
  });

  it('are none that had been reset before', () => {
    expect(over(9 * MS)).toEqual([]);
    expect(over(9 * MS + 1)).toHaveLength(1);
  });

  it('are lost also where the last of them was answered', () => {
    const facts = overH2(
      connection([...handshake(), get(1000, '/a'), answer(3000), get(4000, '/b'), answer(5000), END]),
    );
    const first = facts.exchanges.map((one, at) => (at === 0 ? { ...one, response: null } : one));
    expect(victimsIn({ ...facts, exchanges: first })).toMatchObject([{ target: '/a' }]);
  });
});

describe('a turn in progress in TLS without keys', () => {
  const sealedLost = (end: Step, options: SealedOptions = {}) => victimsIn(sealed(turn(5000, null), [end], options));
  const alerts: readonly TlsAlert[] = [
    { from: 'server', packet: 8, atNs: 8 * MS, basis: 'shape', level: null, description: null, name: null },
  ];

  it('is lost where the end acknowledges it, one step less sure', () => {
    expect(sealedLost(END)).toMatchObject([{ method: null, ageNs: 4 * MS, steps: 1, bytes: 180 }]);
    expect(sealedLost(finBy('server', 9000, 1))).toEqual([]);
    expect(sealedLost(finBy('server', 4999))).toEqual([]);
    expect(sealedLost(finBy('server', 5000))).toHaveLength(1);
  });

  it('is aborted with its socket alone', () => {
    expect(sealedLost(abortBy('server', 9000))).toMatchObject([{ how: 'rst' }]);
    expect(sealedLost(rstBy('server', 9000))).toEqual([]);
  });

  it('is HTTP by its own word, and no preface', () => {
    expect(sealedLost(END, { alpn: [] })).toEqual([]);
    expect(sealedLost(END, { turns: { mayBePreface: true } })).toEqual([]);
  });

  it('is none whose client had said that it leaves', () => {
    const lastRecord = { packet: 6, atNs: 6 * MS, contentType: 21, length: 26 };
    expect(sealedLost(END, { clientSide: { lastRecord } })).toEqual([]);
  });

  it('is none where the first request is met by an alert: so a certificate is refused', () => {
    expect(sealedLost(END, { tls: { alerts }, turns: { count: 1 } })).toEqual([]);
    expect(sealedLost(END, { tls: { alerts } })).toHaveLength(1);
    expect(sealedLost(END, { turns: { count: 1 } })).toHaveLength(1);
  });
});
