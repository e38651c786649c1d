import { describe, expect, it } from 'vitest';
import type { Connection, IdlePeriod, RepeatedSegment, SideFacts } from '../../../src/facts/connection.js';
import { dropOf } from '../../../src/rules/idle-drop/incident.js';
import {
  abortBy,
  answer,
  type ConnectionOptions,
  connection,
  finBy,
  get,
  handshake,
  rstBy,
  SECOND,
  type Step,
} from '../facts.js';

const MS = 1_000_000;
/** What comes behind a pause of half a minute. */
const ASKED = 30 * SECOND + 3000;
const PAUSE: IdlePeriod = {
  ...{ startNs: 3 * MS, durationNs: 30_000 * MS, after: 'server', endedBy: 'client-payload', packet: 6 },
};
/** It is sent again, and never acknowledged. */
const REPEATED: RepeatedSegment = {
  ...{ sequence: 101, length: 100, longest: 100, times: 5, acknowledged: false },
  ...{ firstPacket: 7, firstNs: 30_500 * MS, lastPacket: 12, lastNs: 40_000 * MS },
};
const ttl = { client: 64, server: 57 };
const mac = { client: 1, server: 2 };

function drop(
  steps: readonly Step[] = [],
  options: ConnectionOptions = {},
  facts: Partial<Connection> = {},
  pauses: readonly Partial<IdlePeriod>[] = [{}],
) {
  const used = [...handshake(), get(1133), answer(3000), get(ASKED, '/next'), ...steps];
  const idlePeriods = pauses.map((pause) => ({ ...PAUSE, ...pause }));
  return dropOf({ ...connection(used, { idlePeriods, ttl, mac, ...options }), ...facts });
}

const silent = (client: Partial<SideFacts> = {}, steps: readonly Step[] = [], pause: Partial<IdlePeriod> = {}) =>
  drop(steps, { clientFacts: { repeated: REPEATED, ...client } }, {}, [pause]);

describe('a connection that was forgotten on the way', () => {
  it('is met by silence: what is sent behind the pause is sent again and again', () => {
    expect(silent()).toMatchObject({
      ...{ how: 'silence', side: 'client', idleNs: 30_000 * MS, times: 5, pending: true, atNs: 30_003 * MS },
      end: { packet: 12, atNs: 40_000 * MS },
    });
  });

  it('was idle for half a minute at least', () => {
    expect(silent({}, [], { durationNs: 29_999 * MS })).toBeNull();
  });

  it('is not met by silence where it is acknowledged at last, or was sent before the pause', () => {
    expect(silent({ repeated: { ...REPEATED, acknowledged: true } })).toBeNull();
    expect(silent({ repeated: { ...REPEATED, firstNs: 30_003 * MS } })).not.toBeNull();
    expect(silent({ repeated: { ...REPEATED, firstNs: 30_003 * MS - 1 } })).toBeNull();
    expect(silent({ repeated: null })).toBeNull();
  });

  it('is not met by silence where the other side closes', () => {
    expect(silent({}, [finBy('server', ASKED + 100)])).toBeNull();
    expect(silent({}, [finBy('client', ASKED + 100)])).not.toBeNull();
  });

  it('is met by a reset of another system: by its TTL, or its address on the link', () => {
    const by = (hand: { ttl?: number; mac?: number | null }, options: ConnectionOptions = {}) =>
      drop([rstBy('server', ASKED + 100, { hand })], options);
    expect(by({ ttl: 61 })).toMatchObject({ how: 'reset', ttl: 61, usualTtl: 57, times: 0, end: { packet: 7 } });
    expect(by({ mac: 3 })).toMatchObject({ how: 'reset' });
    expect(by({})).toBeNull();
    expect(by({ mac: null })).toBeNull();
    expect(by({ mac: 3 }, { serverFacts: { macVaries: true } })).toBeNull();
    expect(by({ mac: 3 }, { serverFacts: { mac: null } })).toBeNull();
  });

  it('is not met by the abort of a socket', () => {
    expect(drop([abortBy('server', ASKED + 100, { hand: { window: 502, ttl: 61 } })])).toBeNull();
  });

  it('is spoken on by either side', () => {
    const resumed = { after: 'client', endedBy: 'server-payload', startNs: 5 * MS } as const;
    const options = { serverFacts: { repeated: REPEATED }, clientFacts: { lastPayloadNs: 5 * MS } };
    expect(drop([], options, {}, [resumed])).toMatchObject({ side: 'server', how: 'silence' });
    for (const endedBy of ['client-fin', 'server-rst', 'capture-ended'] as const)
      expect(silent({}, [], { endedBy })).toBeNull();
  });

  it('is told by the pause before, where its own end makes another', () => {
    const waited = { ...PAUSE, startNs: 40_000 * MS, endedBy: 'client-rst' } as const;
    expect(drop([], { clientFacts: { repeated: REPEATED } }, {}, [{}, waited])).toMatchObject({ how: 'silence' });
  });

  it('had been used by the other side, which has said nothing since', () => {
    expect(drop([], { clientFacts: { repeated: REPEATED }, serverFacts: { payloadBytes: 0 } })).toBeNull();
    expect(drop([], { clientFacts: { repeated: REPEATED }, serverFacts: { lastPayloadNs: 4 * MS } })).toBeNull();
    expect(drop([], { clientFacts: { repeated: REPEATED }, serverFacts: { lastPayloadNs: null } })).toBeNull();
  });

  it('was not closed before the pause ended: then that was the peer’s to end', () => {
    const facts = connection(
      [...handshake(), get(1133), answer(3000), finBy('client', 20 * SECOND), get(ASKED, '/next')],
      { idlePeriods: [PAUSE], clientFacts: { repeated: REPEATED } },
    );
    expect(dropOf(facts)).toBeNull();
  });

  it('took a request with it, or none', () => {
    expect(silent({}, [answer(ASKED + 90)])?.pending ?? null).toBeNull();
    const tunnelled = drop([], { clientFacts: { repeated: REPEATED } }, { exchanges: [] });
    expect(tunnelled).toMatchObject({ pending: false });
  });

  it('is told at its end', () => {
    expect(drop([], { clientFacts: { repeated: REPEATED } }, { goesOn: true })).toBeNull();
    expect(drop([], { clientFacts: { repeated: REPEATED } }, { idlePeriods: [], idlePeriodCount: 0 })).toBeNull();
  });
});
