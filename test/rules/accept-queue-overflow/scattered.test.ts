import { describe, expect, it } from 'vitest';
import { areScattered } from '../../../src/rules/accept-queue-overflow/scattered.js';
import { countAt, timeCounts } from '../../../src/rules/tally/time-counts.js';

const MS = 1_000_000;

/** Late handshakes at these milliseconds, among others taken at once every ten of two seconds, but for the pause. */
function among(lateMs: readonly number[], pauseFrom = 0, pauseTo = 0): boolean {
  const acceptedAt = timeCounts();
  let prompt = 0;
  for (let ms = 0; ms < 2000; ms += 10) {
    if (ms >= pauseFrom && ms < pauseTo) continue;
    countAt(acceptedAt, ms * MS);
    prompt += 1;
  }
  const late = lateMs.map((ms) => ({ syn: { packet: 1, atNs: ms * MS } }));
  return areScattered(late, lateMs.length, prompt, acceptedAt);
}

const together = (count: number, from: number, apart: number) =>
  Array.from({ length: count }, (_, at) => from + at * apart);

describe('handshakes taken late', () => {
  it.each([
    ['three of two hundred', [300, 900, 1500], 0, 0],
    ['one in ten, all along', together(20, 5, 100), 0, 0],
    ['five that come together while none is taken', together(5, 500, 20), 480, 620],
    ['six, with ten others between', together(6, 500, 20), 0, 0],
  ])('stand apart: %s', (_, late, from, to) => {
    expect(among(late, from, to)).toBe(true);
  });

  it.each([
    ['a quarter of all', together(70, 0, 28), 0, 0],
    ['six that come together while none is taken', together(6, 500, 20), 480, 640],
    ['twenty of which the last six do', [...together(14, 5, 70), ...together(6, 1500, 20)], 1480, 1640],
  ])('come together: %s', (_, late, from, to) => {
    expect(among(late, from, to)).toBe(false);
  });
});
