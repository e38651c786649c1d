import { describe, expect, it } from 'vitest';
import { MAX_FIRST_RECORDS, MAX_RESUMED } from '../../src/facts/tls.js';
import { SideTally, TLS13_ALERT_LENGTH } from '../../src/tls/side-tally.js';

describe('what one side sent', () => {
  it('counts records and application data, first and last', () => {
    const tally = new SideTally();
    tally.record(22, 100, false, 1, 10);
    for (const packet of [2, 3, 4]) {
      tally.record(23, 50 + packet, true, packet, packet * 10);
      tally.application(40, 50 + packet, packet, packet * 10);
    }
    expect(tally.facts('none', 0)).toMatchObject({
      records: 4,
      firstProtected: [{ packet: 2 }, { packet: 3 }, { packet: 4 }],
      lastRecord: { packet: 4, atNs: 40, contentType: 23, length: 54 },
      firstApplication: { packet: 2, length: 52 },
      lastApplication: { packet: 4, length: 54 },
      applicationRecords: 3,
      applicationBytes: 120,
      closeNotify: 'none',
    });
  });

  it('keeps the first protected records alone', () => {
    const tally = new SideTally();
    for (let packet = 1; packet <= 100; packet += 1) tally.record(23, 60, true, packet, 0);
    expect(tally.facts('none', 0).firstProtected.map(({ packet }) => packet)).toEqual(
      Array.from({ length: MAX_FIRST_RECORDS }, (_, index) => index + 1),
    );
  });

  it('keeps the first times that it went on after a pause', () => {
    const tally = new SideTally();
    const times = [0, 0.05, 0.15, 0.3, 0.35, ...Array.from({ length: 100 }, (_, at) => 1 + at)].map((s) => s * 1e9);
    times.forEach((at, packet) => {
      tally.application(10, 40, packet, at);
    });
    const { resumed } = tally.facts('none', 0);
    expect(resumed.slice(0, 3)).toEqual([
      { packet: 2, atNs: 0.15e9, pauseNs: 0.1e9 },
      { packet: 3, atNs: 0.3e9, pauseNs: 0.15e9 },
      { packet: 5, atNs: 1e9, pauseNs: 0.65e9 },
    ]);
    expect(resumed).toHaveLength(MAX_RESUMED);
  });

  it.each([
    [true, 1],
    [false, 0],
  ])('the shape of an alert counts as application data once a record follows: %s', (isApplication, records) => {
    const tally = new SideTally();
    tally.record(23, TLS13_ALERT_LENGTH, true, 1, 0);
    tally.alertShape(isApplication);
    expect([tally.endsInAlertShape, tally.facts('none', 0).applicationRecords]).toEqual([true, 0]);
    tally.record(23, 300, true, 2, 0);
    expect([tally.endsInAlertShape, tally.facts('none', 0).applicationRecords]).toEqual([false, records]);
  });

  it.each([
    ['two of one length in one go', 282, 282, 1, true],
    ['two of different length', 282, 283, 1, false],
    ['short ones', 58, 58, 1, false],
    ['long ones', 16_401, 16_401, 1, false],
    ['two far apart', 282, 282, 100, false],
  ])('session tickets: %s', (_, one, other, laterMs, are) => {
    const tally = new SideTally();
    tally.application(one, one, 1, 0);
    expect(tally.showsTickets(other, laterMs * 1e6)).toBe(are);
    expect(tally.facts('none', 0)).toMatchObject({
      applicationRecords: are ? 0 : 1,
      firstApplication: are ? null : { packet: 1 },
    });
    // Once they have come, what follows in pairs is no ticket.
    tally.application(one, one, 3, 200e6);
    expect(tally.showsTickets(one, 200e6)).toBe(false);
  });

  it('nothing is nothing', () => {
    expect(new SideTally().facts('unknown', 0)).toMatchObject({
      records: 0,
      lastRecord: null,
      firstApplication: null,
      lastApplication: null,
    });
  });
});
