/** The same findings from both legs of a proxy in two captures, whatever their clocks say. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import type { Finding } from '../../../src/facts/finding.js';
import { analyze } from '../../../src/pipeline/analyze.js';
import { DrillDown } from '../../../src/pipeline/drill-down.js';
import { evidenceExtract } from '../../../src/pipeline/evidence-extract.js';
import { packet, pcap } from '../../capture/build-pcap.js';
import { scratchFolder } from '../../capture/scratch-folder.js';
import { type OtherClock, partOf } from './legs.js';

const FRONT = '10.0.0.49';
const MS = 1_000_000;
const SECOND = 1_000_000_000;

const scratch = scratchFolder();

function saidOf({ rule, subject, occurrences, severity, confidence, hypotheses }: Finding): unknown {
  return [rule, subject, occurrences, severity, confidence, hypotheses.map(({ cause, verdict }) => [cause, verdict])];
}

async function filesOf(sample: string, clock: OtherClock) {
  const file = path.join('samples', sample);
  const front = await partOf(file, (addresses) => addresses.includes(FRONT), { aheadNs: 0 });
  const back = await partOf(file, (addresses) => !addresses.includes(FRONT), clock);
  const name = `${sample}-${clock.aheadNs}-${clock.drift ?? 0}`;
  const files = [scratch.write(`${name}.front.pcap`, front.capture), scratch.write(`${name}.back.pcap`, back.capture)];
  return { files, keyLogs: front.keyLogs };
}

async function legs(sample: string, clock: OtherClock) {
  const { analysis } = await analyze(await filesOf(sample, clock));
  return { findings: analysis.findings.map(saidOf), clocks: analysis.captures.map((capture) => capture.clock) };
}

describe.each([
  'redirect-loop.pcapng',
  'connect-refused-nginx.pcapng',
  'proxy-pass-healthy.pcapng',
  'tls-offload.pcapng',
  'expect-continue-stall-node.pcapng',
  'deploy-drain-healthy.pcapng',
])('%s in two captures', (sample) => {
  it('of one clock is left as it is', async () => {
    expect((await legs(sample, { aheadNs: 0 })).clocks).toEqual([null, null]);
  });

  it.each([5 * MS, -5 * MS, 300 * MS, -300 * MS, 3 * SECOND, -3 * SECOND, 3600 * SECOND, -3600 * SECOND])(
    'gives the same findings with the second clock %i ns ahead',
    async (aheadNs) => {
      const alike = await legs(sample, { aheadNs: 0 });
      const { findings, clocks } = await legs(sample, { aheadNs });
      expect(findings).toEqual(alike.findings);
      const [kept, moved] = clocks;
      expect(kept).toBeNull();
      expect(moved).toMatchObject({ reference: 0, by: 'requests' });
      const found = (moved?.aheadSeconds ?? 0) * SECOND + (moved?.aheadNanoseconds ?? 0);
      expect(Math.abs(found - aheadNs)).toBeLessThan(moved?.withinNs ?? 0);
    },
  );
});

/** What the client of a sample's front leg would have captured: the packets take a fourth of a millisecond between the two. */
async function fromBothEnds(sample: string, clock: OtherClock) {
  const file = path.join('samples', sample);
  const proxy = await partOf(file, () => true, { aheadNs: 0 });
  const client = await partOf(
    file,
    (addresses) => addresses.includes(FRONT),
    clock,
    ([from]) => (from === FRONT ? 250_000 : -250_000),
  );
  const name = `${sample}-ends-${clock.aheadNs}-${clock.drift ?? 0}`;
  const files = [
    scratch.write(`${name}.proxy.pcap`, proxy.capture),
    scratch.write(`${name}.client.pcap`, client.capture),
  ];
  const { analysis } = await analyze({ files, keyLogs: proxy.keyLogs });
  return { findings: analysis.findings.map(saidOf), clocks: analysis.captures.map((capture) => capture.clock) };
}

describe.each([
  'connect-refused-haproxy.pcapng',
  'slow-response-gateway-timeout.pcapng',
  'truncated-response-chunked.pcapng',
  'zero-window-stall-nginx.pcapng',
  'tls-offload-healthy.pcapng',
])('%s, captured at the proxy and at its client,', (sample) => {
  it.each([
    { aheadNs: 0.1 * MS },
    { aheadNs: 5 * MS },
    { aheadNs: -300 * MS },
    { aheadNs: 3 * SECOND, drift: 30e-6 },
    { aheadNs: -3600 * SECOND },
  ])('gives the same findings with the second clock off: %o', async (clock) => {
    const alike = await fromBothEnds(sample, { aheadNs: 0 });
    expect(alike.clocks).toEqual([null, null]);
    const { findings, clocks } = await fromBothEnds(sample, clock);
    expect(findings).toEqual(alike.findings);
    if (clock.aheadNs === 0.1 * MS) expect(clocks).toEqual([null, null]);
    else expect(clocks[1]).toMatchObject({ reference: 0, by: 'packets' });
  });
});

it('a clock that is known by way of another is as far ahead as by itself, though it drifts', async () => {
  const file = path.join('samples', 'slow-response-gateway-timeout.pcapng');
  const [aheadNs, drift] = [3600 * SECOND, 100e-6];
  const client = await partOf(file, (addresses) => addresses.includes(FRONT), { aheadNs: 0 });
  const server = await partOf(file, (addresses) => !addresses.includes(FRONT), { aheadNs, drift });
  const proxy = await partOf(file, () => true, { aheadNs: 0 });
  // Only the proxy's has packets of both others.
  const files = Object.entries({ client, server, proxy }).map(([name, { capture }]) =>
    scratch.write(`way-${name}.pcap`, capture),
  );
  const { analysis } = await analyze({ files, keyLogs: proxy.keyLogs });
  const [, { clock = null, startEpochNs = null } = {}] = analysis.captures;
  if (clock === null || startEpochNs === null) throw new Error('its clock is known');
  expect(clock).toMatchObject({ reference: 0, by: 'packets' });
  expect(clock.drift).toBeCloseTo(drift, 5);
  const sinceNs = Number(startEpochNs - BigInt(clock.sinceSeconds) * BigInt(SECOND));
  const atStart = clock.aheadSeconds * SECOND + clock.aheadNanoseconds + clock.drift * sinceNs;
  expect(Math.abs(atStart - aheadNs)).toBeLessThan(10 * MS);
});

it('many captures whose names differ in figures alone are compared each with each', async () => {
  const file = path.join('samples', 'slow-response-gateway-timeout.pcapng');
  const one = await partOf(file, () => true, { aheadNs: 0 });
  const other = await partOf(
    file,
    () => true,
    { aheadNs: 5 * SECOND },
    ([from]) => (from === FRONT ? 250_000 : -250_000),
  );
  // The first four are of other hosts, and overlap.
  const begin = one.capture.readUInt32LE(24);
  const others = [1, 2, 3, 4].map((number) => pcap([packet(number, 60, begin - 100), packet(number, 60, begin + 100)]));
  const files = [...others, one.capture, other.capture].map((capture, index) =>
    scratch.write(`host${index + 1}.pcap`, capture),
  );
  const { analysis } = await analyze({ files, keyLogs: one.keyLogs });
  expect(analysis.captures[5]?.clock).toMatchObject({ reference: 4, by: 'packets' });
});

it('captures that go by one clock are told from those that nobody could compare, which is said where something is found', async () => {
  const isFront = (addresses: readonly string[]): boolean => addresses.includes(FRONT);
  const front = await partOf('samples/connect-refused-nginx.pcapng', isFront, { aheadNs: 0 });
  const back = await partOf('samples/connect-refused-nginx.pcapng', (addresses) => !isFront(addresses), { aheadNs: 0 });
  const other = await partOf('samples/tls-offload-healthy.pcapng', () => true, { aheadNs: 0 });
  const files = Object.entries({ front, other, back }).map(([name, { capture }]) =>
    scratch.write(`apart-${name}.pcap`, capture),
  );
  const { analysis } = await analyze({ files });
  expect(analysis.captures.map(({ timedBy }) => timedBy)).toEqual([0, 1, 0]);
  expect(analysis.findings.length).toBeGreaterThan(0);
  const [, second = ''] = files;
  const apart = `its clock and that of ${second} could not be compared`;
  expect(analysis.captures.map(({ warnings }) => warnings.filter((warning) => warning.includes('clock')))).toEqual([
    [expect.stringContaining(apart)],
    [],
    [],
  ]);
  const quiet = ['accept-queue-overflow-haproxy-healthy', 'connect-refused-nginx-healthy'].map((name) =>
    path.join('samples', `${name}.pcapng`),
  );
  const healthy = await analyze({ files: quiet });
  expect(healthy.analysis.findings).toEqual([]);
  expect(healthy.analysis.captures.map(({ timedBy, warnings }) => [timedBy, warnings])).toEqual([
    [0, []],
    [1, []],
  ]);
});

it('packets are read again in the order and by the times of the run', async () => {
  const options = await filesOf('redirect-loop.pcapng', { aheadNs: 3 * SECOND });
  const drillDown = new DrillDown();
  try {
    const ofRun: Connection[] = [];
    await analyze({ ...options, drillDown, onConnection: (connection) => ofRun.push(connection) });
    const times: number[] = [];
    const epochs: number[] = [];
    const startOf = new Map<number, number>();
    await drillDown.eachPacket(
      ofRun.map(({ stream }) => stream),
      ({ atNs, epochSeconds, epochNanoseconds }, [stream]) => {
        times.push(atNs);
        epochs.push(epochSeconds * SECOND + epochNanoseconds);
        if (stream !== undefined && !startOf.has(stream)) startOf.set(stream, atNs);
      },
    );
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(epochs).toEqual(epochs.toSorted((one, other) => one - other));
    expect([...startOf].sort(([one], [other]) => one - other)).toEqual(
      ofRun.map(({ stream, startNs }) => [stream, startNs] as const).sort(([one], [other]) => one - other),
    );
  } finally {
    drillDown.close();
  }
});

it('workers and parts see the same clocks', async () => {
  const options = await filesOf('redirect-loop.pcapng', { aheadNs: 3 * SECOND });
  const whole = await analyze(options);
  const part = await analyze({ ...options, share: { index: 1, count: 2 } });
  expect(part.analysis.captures).toEqual(whole.analysis.captures);
});

it('an extract says whose times are by another clock', async () => {
  const options = await filesOf('redirect-loop.pcapng', { aheadNs: 3 * SECOND });
  const drillDown = new DrillDown();
  try {
    const { analysis } = await analyze({ ...options, drillDown });
    const subject = { analysis, finding: null, isWhole: true, streams: [0], notes: new Map() };
    const commentOf = async (isAnonymous: boolean) =>
      (await evidenceExtract(drillDown, { ...subject, isAnonymous, reveal: false, withKeys: false })).comment;
    expect(await commentOf(false)).toMatch(
      /The clock of \S+back\.pcap was another: its times are set back by 2\.99\d{4} s\.$/,
    );
    expect(await commentOf(true)).toContain('The clock of capture 2 was another: its times are set back by 2.99');
  } finally {
    drillDown.close();
  }
});
