import { expect, it } from 'vitest';
import { compareClocks } from '../../../src/pipeline/clocks/compare-clocks.js';
import { LOOK_AHEAD_BYTES } from '../../../src/pipeline/clocks/look-ahead.js';
import { pcap, type TestPacket } from '../../capture/build-pcap.js';
import { scratchFolder } from '../../capture/scratch-folder.js';
import { CLIENT, ipv4, LINKTYPE_IPV4, SERVER, tcp } from '../../net/packets.js';

const START = 1_700_000_000;
const SECONDS = 300;
const TURNS = 40;
const BYTES = 1000;
const DRIFT = 25e-6;
const scratch = scratchFolder();

/** One end of a path of 2 ms: 40 requests and answers at the beginning of each second, by a clock that gains so much. */
function end(isServer: boolean, drift: number): Buffer {
  const packets: TestPacket[] = [];
  const data = 'x'.repeat(BYTES);
  const add = (bytes: Uint8Array, atNs: number) => {
    const ns = Math.round(atNs * (1 + drift));
    packets.push({ seconds: START + Math.floor(ns / 1e9), nanoseconds: ns % 1e9, bytes });
  };
  for (let turn = 0; turn < SECONDS * TURNS; turn += 1) {
    const atNs = Math.floor(turn / TURNS) * 1e9 + (turn % TURNS) * 2e6 + 1e6;
    const [sequence, acknowledgement] = [1_000_000 + turn * BYTES, 9_000_000 + turn * BYTES];
    const request = tcp({ source: 40_000, destination: 80, sequence, acknowledgement, flags: 0x18, data });
    const answered = { sequence: acknowledgement, acknowledgement: sequence + BYTES };
    const answer = tcp({ source: 80, destination: 40_000, ...answered, flags: 0x18, data });
    add(ipv4(request, { id: turn & 0xffff }), atNs + (isServer ? 2e6 : 0));
    add(ipv4(answer, { source: SERVER, destination: CLIENT, id: turn & 0xffff }), atNs + (isServer ? 2.2e6 : 4.2e6));
  }
  packets.sort((one, other) => one.seconds - other.seconds || one.nanoseconds - other.nanoseconds);
  return pcap(packets, { network: LINKTYPE_IPV4, magic: 0xa1b23c4d, unitNs: 1 });
}

it('a clock is followed though what it gains does not show at the beginning', async () => {
  const captures = [end(false, 0), end(true, DRIFT)].map((bytes, captureIndex) => {
    expect(bytes.length).toBeGreaterThan(2 * LOOK_AHEAD_BYTES);
    return { captureIndex, file: scratch.write(`end-${'ab'[captureIndex]}`, bytes), seconds: START, nanoseconds: 0 };
  });
  const [, { clock, timedBy } = { clock: null, timedBy: null }] = await compareClocks(captures, {
    keyLogs: [],
    maxUnpacked: undefined,
    signal: undefined,
  });
  expect(timedBy).toBe(0);
  expect(clock?.by).toBe('packets');
  const atEnd =
    (clock?.aheadSeconds ?? 0) * 1e9 +
    (clock?.aheadNanoseconds ?? 0) +
    (clock?.drift ?? 0) * (START + SECONDS - (clock?.sinceSeconds ?? 0)) * 1e9;
  expect(Math.abs(atEnd - SECONDS * DRIFT * 1e9)).toBeLessThan(2e6);
});
