import { expect, it } from 'vitest';
import { exchangesAhead } from '../../../src/pipeline/clocks/exchanges-ahead.js';

const LOOKING = { origin: { seconds: 0, nanoseconds: 0 }, maxUnpacked: undefined, signal: undefined };

it('the exchanges of a look ahead have their keys, with TLS opened by the key log in the capture', async () => {
  const file = 'samples/proxy-pass.pcapng';
  const group = { captures: [{ captureIndex: 0, file, seconds: 0, nanoseconds: 0 }], sightings: [], isMore: false };
  const exchanges = await exchangesAhead(group, LOOKING, []);
  const [front, back] = ['10.0.0.49', '10.0.1.43'].map((address) =>
    exchanges.filter(({ server, status }) => server.address === address && status === 200),
  );
  expect(front?.length).toBeGreaterThan(3);
  // This proxy puts another path before what it hands on.
  const [frontKeys, backKeys] = [front, back].map((legs) => new Set(legs?.map(({ key }) => key)));
  expect([...(frontKeys ?? [])].filter((key) => backKeys?.has(key))).toEqual([]);
  const loose = new Set(front?.map(({ looseKey }) => looseKey));
  expect(back?.every(({ looseKey }) => loose.has(looseKey))).toBe(true);
});
