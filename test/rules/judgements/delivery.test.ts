import { describe, expect, it } from 'vitest';
import { MAX_RESENDS } from '../../../src/facts/connection.js';
import { lastResendIn, wasDelivered } from '../../../src/rules/judgements/delivery.js';
import { type ConnectionOptions, connection, finBy, get, handshake } from '../facts.js';

describe('when bytes were sent again', () => {
  const resends = [10, 20, 30].map((atNs) => ({ atNs, sequence: 1 }));

  it('is told within a time', () => {
    const side = { resends, retransmissions: 3 };
    expect(lastResendIn(side, 10, 30)).toBe(30);
    expect(lastResendIn(side, 10, 29)).toBe(20);
    expect(lastResendIn(side, 30, 90)).toBeNull();
    expect(lastResendIn({ resends: [], retransmissions: 0 }, 0, 90)).toBeNull();
  });

  it('is as late as can be among those that are not kept', () => {
    const side = { resends, retransmissions: MAX_RESENDS + 1 };
    expect(lastResendIn(side, 0, 15)).toBe(10);
    expect(lastResendIn(side, 21, 25)).toBe(25);
    expect(lastResendIn(side, 25, 90)).toBe(30);
    expect(lastResendIn(side, 30, 90)).toBeNull();
  });
});

describe('that all had arrived when the client closed', () => {
  const told = (options: ConnectionOptions): boolean =>
    wasDelivered(connection([...handshake(), get(1133), finBy('client', 9000)], options));

  it('is said by the acknowledgement of its last byte', () => {
    expect(told({ serverFacts: { highestAcknowledged: 1000 } })).toBe(true);
    expect(told({ serverFacts: { highestAcknowledged: 1 } })).toBe(false);
    expect(told({})).toBe(false);
  });

  it('is not said by one that came for a copy sent after the close', () => {
    const after = { resends: [{ atNs: 10_000_000, sequence: 1 }], retransmissions: 1 };
    expect(told({ clientFacts: after, serverFacts: { highestAcknowledged: 1000 } })).toBe(false);
    const before = { resends: [{ atNs: 2_000_000, sequence: 1 }], retransmissions: 1 };
    expect(told({ clientFacts: before, serverFacts: { highestAcknowledged: 1000 } })).toBe(true);
  });
});
