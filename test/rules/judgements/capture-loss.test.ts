import { describe, expect, it } from 'vitest';
import type { CaptureFacts } from '../../../src/facts/capture.js';
import { losesPackets } from '../../../src/rules/judgements/capture-loss.js';
import { newObservation, observe } from '../../../src/rules/observation/observation.js';
import { type ConnectionOptions, connection, handshake } from '../facts.js';

function observed(...connections: readonly ConnectionOptions[]) {
  const observation = newObservation();
  for (const options of connections) observe(connection(handshake(), options), observation);
  return observation;
}

const GAP: ConnectionOptions = { serverFacts: { lostBytes: 500 } };

describe('a capture that lost packets', () => {
  const loses = (connections: readonly ConnectionOptions[], captures: readonly CaptureFacts[] = []) =>
    losesPackets({ captures, observation: observed(...connections) });

  it('is one with a gap in one of twenty connections', () => {
    const whole = Array.from({ length: 19 }, () => ({}));
    expect(loses([...whole, GAP])).toBe(true);
    expect(loses([...whole, {}, GAP])).toBe(false);
    expect(loses(whole)).toBe(false);
  });

  it('is not one that a snap length cut, or that has one direction alone', () => {
    expect(loses([{ serverFacts: { lostBytes: 500, snappedBytes: 500 } }])).toBe(false);
    expect(loses([{ ...GAP, guards: { oneSided: true } }])).toBe(false);
  });

  it('is one of which the kernel says so', () => {
    const capture = (packets: number, droppedPackets: number): CaptureFacts => ({
      file: 'front.pcapng',
      format: 'pcapng',
      compressed: false,
      linkTypes: ['ETHERNET'],
      packets,
      bytes: 0,
      startEpochNs: null,
      endEpochNs: null,
      droppedPackets,
      snappedPackets: 0,
      clock: null,
      timedBy: null,
      warnings: [],
    });
    expect(loses([], [capture(1000, 11)])).toBe(true);
    expect(loses([], [capture(1000, 10)])).toBe(false);
  });
});
