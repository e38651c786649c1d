import { expect, it } from 'vitest';
import { Lane, readFirst } from '../../src/capture/lane.js';
import { openCapture } from '../../src/capture/open.js';
import { emptyPacket } from '../../src/capture/packet.js';
import { END, PACKET } from '../../src/capture/reader.js';
import type { ClockFacts } from '../../src/facts/capture.js';
import { packet, pcap, words } from './build-pcap.js';
import { PcapngBuilder } from './build-pcapng.js';
import { scratchFolder } from './scratch-folder.js';

const { write } = scratchFolder();
const WHOLE = pcap([packet(1), packet(2), packet(3)]);
const AHEAD: ClockFacts = {
  ...{ reference: 0, first: 1, aheadSeconds: 5, aheadNanoseconds: 400, drift: 0, sinceSeconds: 0 },
  ...{ by: 'packets', count: 3, withinNs: 0 },
};

/** The capture of these bytes, of which the first packet has been read. */
async function laneOf(bytes: Uint8Array) {
  const file = write('lane', bytes);
  const reader = await openCapture(file, 1);
  const head = emptyPacket();
  const outcome = await readFirst(reader, head);
  return { file, reader, head, outcome, lane: new Lane({ file, warnings: ['named twice'] }, 1, head, reader) };
}

it('begins at the time of its first packet', async () => {
  const { lane, outcome } = await laneOf(WHOLE);
  expect(outcome).toBe(PACKET);
  expect([lane.seconds, lane.nanoseconds, lane.index, lane.size]).toEqual([1_700_000_001, 1000, 1, WHOLE.length]);
  lane.close();
});

it('comes to its end at once where it holds no packet', async () => {
  const { lane, outcome } = await laneOf(pcap([]));
  expect(outcome).toBe(END);
  lane.close();
});

it('keeps what was learnt when it is closed, with the warnings about its name first', async () => {
  const { lane, reader, head } = await laneOf(WHOLE.subarray(0, -3));
  while ((await readFirst(reader, head)) === PACKET);
  const { bytesRead } = lane;
  lane.close();
  lane.close();
  expect(lane.reader).toBeNull();
  expect(bytesRead).toBeGreaterThan(0);
  expect(lane.bytesRead).toBe(bytesRead);
  expect(lane.facts()).toMatchObject({ packets: 2, clock: null, timedBy: null });
  expect(lane.facts().warnings).toEqual(['named twice', expect.stringContaining('packet')]);
});

it('is put back as if nothing had been read, and read anew when its turn comes', async () => {
  const { lane, file, head } = await laneOf(WHOLE);
  lane.putBack();
  expect(lane.facts()).toMatchObject({ packets: 0, bytes: 0, startEpochNs: null, endEpochNs: null });
  expect([lane.reader, lane.bytesRead, lane.names]).toEqual([null, 0, []]);
  lane.open(await openCapture(file, 1));
  const { reader } = lane;
  if (reader === null) throw new Error('it is not open');
  expect(await readFirst(reader, head)).toBe(PACKET);
  expect(lane.facts().packets).toBe(1);
  lane.close();
});

it('tells its time by the clock of the run, once its own was compared', async () => {
  const { lane, head } = await laneOf(WHOLE);
  lane.setClock({ clock: AHEAD, timedBy: 0 }, { seconds: 1_699_999_990, nanoseconds: 0 });
  expect([lane.seconds, lane.nanoseconds]).toEqual([1_699_999_996, 600]);
  expect(head.atNs).toBe(6_000_000_600);
  expect(lane.facts()).toMatchObject({ clock: AHEAD, timedBy: 0 });
  lane.close();
});

it('bears its point of observation from its next packet on', async () => {
  const { lane, reader, head } = await laneOf(WHOLE);
  lane.moveTo(2);
  expect([head.observationPoint, reader.observationPoint]).toEqual([2, 2]);
  lane.close();
});

it('gives each key log once, and all anew when it is read anew', async () => {
  const keyLog = 'CLIENT_RANDOM 00 11\n';
  const bytes = new PcapngBuilder(false)
    .section()
    .interface()
    .block(10, words(false, 0x544c534b, keyLog.length), Buffer.from(keyLog))
    .enhanced(packet(1).bytes, 1n)
    .build();
  const { lane, file } = await laneOf(bytes);
  expect(lane.hasKeyLogs).toBe(true);
  expect([lane.takeKeyLogs(), lane.hasKeyLogs, lane.takeKeyLogs()]).toEqual([[keyLog], false, []]);
  lane.putBack();
  expect([lane.hasKeyLogs, lane.takeKeyLogs()]).toEqual([false, []]);
  lane.open(await openCapture(file, 1));
  if (lane.reader !== null) await readFirst(lane.reader, emptyPacket());
  expect(lane.takeKeyLogs()).toEqual([keyLog]);
  lane.close();
});
