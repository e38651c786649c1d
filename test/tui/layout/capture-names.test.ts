import { expect, it } from 'vitest';
import { CAPTURE_STRIDE } from '../../../src/facts/packet-reference.js';
import { captureOfPacket } from '../../../src/tui/layout/capture-names.js';
import { TuiData } from '../../../src/tui/state/data.js';
import { quietAnalysis } from '../../report/analyses.js';

/** What packet 7 of the `at`-th of these captures is said to stand in. */
function named(files: readonly string[], at: number): string {
  const [capture] = quietAnalysis().captures;
  if (capture === undefined) throw new Error('an analysis without a capture');
  const analysis = quietAnalysis({ captures: files.map((file) => ({ ...capture, file })) });
  return captureOfPacket(at * CAPTURE_STRIDE + 7, Object.assign(new TuiData(), { analysis }));
}

it('is not said where there is but one capture, or none yet', () => {
  expect(named(['front.pcap'], 0)).toBe('');
  expect(captureOfPacket(7, new TuiData())).toBe('');
});

it('is a capture’s own name, without its folder', () => {
  const files = ['day 1/front.pcap', 'C:\\captures\\back.pcap', 'stdin'];
  expect(files.map((_, at) => named(files, at))).toEqual(['front.pcap', 'back.pcap', 'stdin']);
});

it('is the name as it was given, where two have the same in other folders', () => {
  const files = ['front/a.pcap', 'back/a.pcap', 'b.pcap'];
  expect(files.map((_, at) => named(files, at))).toEqual(files);
});

it('drives nothing on the terminal', () => {
  expect(named(['a.pcap', 'b\u001b[2J.pcap'], 1)).not.toContain('\u001b');
});
