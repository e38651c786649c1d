import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import type { RstAfterRequestFacts } from '../../../src/rules/rst-after-request/case.js';
import { rstAfterRequest } from '../../../src/rules/rst-after-request.js';
import { answer, type ConnectionOptions, connection, finBy, get, handshake, rstBy, type Step } from '../facts.js';
import { findingsOf } from '../test-rule.js';
import { only, SEED } from './connections.js';

describe('a batch of exchanges that begins with the reset request', () => {
  const steps = [...handshake(), get(1133), rstBy('server', 1300), answer(3500)];
  /** What the server sent to earlier batches lies before. */
  const batch = (options: ConnectionOptions = {}): Connection =>
    connection(steps, { exchangeOffset: 1000, serverFacts: { firstPayloadNs: 500_000 }, ...options });

  it('is one of a reused connection: its answer came after the RST', () => {
    const finding = only(findingsOf(rstAfterRequest, [batch()]));
    expect(finding.facts).toMatchObject({ forged: 'certain', connectionAgeNs: null });
  });

  it('is silent when the request ended an idle period', () => {
    const period = { durationNs: 600_000_000, after: 'server', endedBy: 'client-payload', packet: 4 } as const;
    expect(
      findingsOf(rstAfterRequest, [batch({ idlePeriods: [{ ...period, startNs: 1_133_000 - 600_000_000 }] })]),
    ).toEqual([]);
  });

  it('is silent when the idle periods of that time were not kept', () => {
    expect(findingsOf(rstAfterRequest, [{ ...batch(), idlePeriodCount: 3 }])).toEqual([]);
  });
});

describe('where a request stands in its stream', () => {
  const factsOf = (steps: readonly Step[]): RstAfterRequestFacts =>
    only(findingsOf(rstAfterRequest, [connection(steps)])).facts;

  it('does not move by what the client sends after the reset', () => {
    const fin = [...SEED.slice(0, 5), finBy('client', 1280), rstBy('client', 1284, { sequence: 1 })];
    expect(factsOf(fin)).toMatchObject({ requestBytes: 1245, forgedWhere: 'inline-on-host' });
    const late: readonly Step[] = [...SEED, { at: 1290, is: 'data', from: 'client', bytes: 700 }];
    expect(factsOf(late)).toMatchObject({ requestBytes: 1245, forgedWhere: 'inline-on-host' });
  });

  it('is known for a later request by its length', () => {
    const steps = [
      ...handshake(),
      get(1133, '/', { bytes: 300 }),
      answer(2000),
      get(3000, '/scan', { bytes: 500 }),
      rstBy('server', 3100),
      finBy('client', 3102),
      rstBy('client', 3106, { sequence: 301 }),
    ];
    expect(factsOf(steps)).toMatchObject({ requestBytes: 500, forgedWhere: 'inline-on-host' });
  });
});
