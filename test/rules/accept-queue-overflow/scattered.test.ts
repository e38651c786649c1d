import { describe, expect, it } from 'vitest';
import { areScattered } from '../../../src/rules/accept-queue-overflow/scattered.js';
import { countAt, timeCounts } from '../../../src/rules/tally/time-counts.js';

const MS = 1_000_000;

/** Late handshakes at these milliseconds, among others taken at once every ten. */
function among(lateMs: readonly number[], prompt: number, between = 10): boolean {
  const acceptedAt = timeCounts();
  for (let at = 0; at < prompt; at += 1) countAt(acceptedAt, at * between * MS);
  const late = lateMs.map((ms) => ({ syn: { packet: 1, atNs: ms * MS } }));
  return areScattered(late, lateMs.length, prompt, acceptedAt);
}

const together = (count: number, from: number, apart: number) =>
  Array.from({ length: count }, (_, at) => from + at * apart);

describe('handshakes taken late', () => {
  it.each([
    ['three of two hundred', [300, 900, 1500], 200],
    ['one in ten, all along', together(20, 5, 100), 200],
    ['five of many that come together', together(5, 500, 1), 200],
    ['six, with ten others between', together(6, 500, 20), 200],
  ])('stand apart: %s', (_, late, prompt) => {
    expect(among(late, prompt)).toBe(true);
  });

  it.each([
    ['a quarter of all', together(10, 0, 100), 30],
    ['six of many that come together', together(6, 501, 1), 200],
    ['six with two others between', together(6, 501, 3), 200],
    ['twenty of which the last six do', [...together(14, 5, 70), ...together(6, 1501, 1)], 200],
  ])('come together: %s', (_, late, prompt) => {
    expect(among(late, prompt)).toBe(false);
  });
});
