import { beforeEach, describe, expect, it } from 'vitest';
import { FIRST_AFTER_MS, LOG_EVERY_MS, ProgressLine, progressText, REDRAW_MS } from '../../src/cli/progress.js';
import { Recorder, World } from './surroundings.js';

const state = { file: 'front.pcapng', bytesRead: 412_000_000, size: 1_100_000_000, packets: 9_800_000, isAgain: false };

describe('progress', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  const at = (ms: number, line: ProgressLine) => {
    world.clockMs = ms;
    line.update({ ...state, bytesRead: ms * 1000 });
  };

  it('tells share, bytes, packets, rate and the time left', () => {
    expect(progressText(state, 206_000)).toBe(
      'front.pcapng  37 %  412 MB of 1.1 GB  9,800,000 packets  206 MB/s  4 s left',
    );
    expect(progressText(state, 10_000)).toMatch(/ {2}10 MB\/s {2}69 s left$/);
    expect(progressText(state, 1000)).toMatch(/ {2}11 min 28 s left$/);
  });

  it('tells no share of a pipe, whose size nobody knows', () => {
    expect(progressText({ ...state, file: '-', size: null }, 206_000)).toBe(
      'stdin  412 MB  9,800,000 packets  206 MB/s',
    );
  });

  it('takes the rate from what was read since the first look, not since the program began', () => {
    world.stderr = new Recorder(true, 80);
    const line = new ProgressLine(world, { quiet: false, verbose: false }, true);
    at(FIRST_AFTER_MS - 100, line);
    at(FIRST_AFTER_MS + 100, line);
    expect(world.stderr.text).toContain('  1.0 MB/s  ');
  });

  it('says that a capture is read a second time, and why, and begins with the rate anew', () => {
    expect(progressText({ ...state, isAgain: true }, 0)).toMatch(
      /^front\.pcapng {2}once more, as a TLS record is damaged {2}37 % {2}/,
    );
    world.stderr = new Recorder(true, 120);
    const line = new ProgressLine(world, { quiet: false, verbose: false }, true);
    at(FIRST_AFTER_MS, line);
    for (const [ms, bytesRead] of [
      [60_000, 1_000_000],
      [61_000, 6_000_000],
    ] as const) {
      world.clockMs = ms;
      line.update({ ...state, bytesRead, isAgain: true });
    }
    expect(world.stderr.text).toContain('  5.0 MB/s  ');
  });

  it('begins after half a second on a terminal, is redrawn at most ten times a second, and is erased', () => {
    world.stderr = new Recorder(true, 60);
    const line = new ProgressLine(world, { quiet: false, verbose: false }, true);
    expect([FIRST_AFTER_MS, REDRAW_MS]).toEqual([500, 100]);
    at(FIRST_AFTER_MS - 1, line);
    expect(world.stderr.text).toBe('');
    at(FIRST_AFTER_MS, line);
    at(FIRST_AFTER_MS + REDRAW_MS / 2, line);
    at(FIRST_AFTER_MS + REDRAW_MS, line);
    expect(world.stderr.text.split('\r\x1b[K').map((drawn) => drawn.length)).toEqual([0, 59, 59]);
    line.erase();
    line.erase();
    expect(world.stderr.text.endsWith('\r\x1b[K')).toBe(true);
    expect(world.stderr.text.split('\r\x1b[K')).toHaveLength(4);
  });

  it.each([
    ['--quiet on a terminal', true, { quiet: true, verbose: false }],
    ['no terminal', false, { quiet: false, verbose: false }],
  ])('is silent with %s', (_, isTTY, flags) => {
    world.stderr = new Recorder(isTTY, 80);
    const line = new ProgressLine(world, flags, true);
    at(60_000, line);
    line.erase();
    expect(world.stderr.text).toBe('');
  });

  it('is a line each ten seconds where there is no terminal, with --verbose', () => {
    const line = new ProgressLine(world, { quiet: false, verbose: true }, true);
    for (let ms = 0; ms <= 3 * LOG_EVERY_MS; ms += 1000) at(ms, line);
    const lines = world.stderr.text.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^pcapdx: front\.pcapng {2}0 % {2}10 MB of/);
  });

  it('draws nothing in place while the result is written to the same terminal', () => {
    world.stderr = new Recorder(true, 80);
    const line = new ProgressLine(world, { quiet: false, verbose: false }, false);
    at(60_000, line);
    expect(world.stderr.text).toBe('');
  });
});
