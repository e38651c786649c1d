import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ServerSummary } from '../../../src/facts/summary.js';
import { analyze } from '../../../src/pipeline/analyze.js';

/** Settings as the lab recorded them: by program or file, its lines. */
const samples = JSON.parse(readFileSync('samples/samples.json', 'utf8')) as Record<
  string,
  { readonly settings: Readonly<Record<string, readonly string[]>> }
>;

async function serverOf(sample: string, address: string): Promise<ServerSummary | undefined> {
  const { analysis } = await analyze({ files: [`samples/${sample}`] });
  return analysis.servers.find((server) => server.address === address);
}

/** The first number after `name` in the lines of the settings named like `of`. */
function setting(sample: string, of: RegExp, name: RegExp): number {
  for (const [key, lines] of Object.entries(samples[sample]?.settings ?? {}))
    if (of.test(key))
      for (const line of lines) {
        const value = new RegExp(`(?:^|\\s)(?:${name.source})\\s+(\\d+)`).exec(line)?.[1];
        if (value !== undefined) return Number(value);
      }
  return Number.NaN;
}

/** Node keeps a second longer than `keepAliveTimeout` says (measured). */
const NODE_ADDS = 1;

describe('idle time-outs of the samples lie within 5 % of what was configured', () => {
  it.each<[string, string, RegExp, RegExp, (value: number) => number]>([
    ['keepalive-race-apache.pcapng', '10.0.1.43', /apache/i, /KeepAliveTimeout/, (s) => s],
    ['keepalive-race-node.pcapng', '10.0.1.43', /application/, /keep-alive-ms/, (ms) => ms / 1000 + NODE_ADDS],
    ['keepalive-race-node-front.pcapng', '10.0.1.43', /application/, /keep-alive-ms/, (ms) => ms / 1000 + NODE_ADDS],
    ['keepalive-race-stale-pool.pcap', '10.0.0.49', /nginx/, /keepalive_timeout/, (s) => s],
    ['healthy-closing.pcapng', '10.0.0.49', /nginx/, /keepalive_timeout/, (s) => s],
  ])('%s', async (sample, address, of, name, secondsOf) => {
    const configured = secondsOf(setting(sample, of, name));
    const server = await serverOf(sample, address);
    expect(server?.idleTimeoutSamples).toBeGreaterThanOrEqual(3);
    expect(Math.abs((server?.idleTimeoutSeconds ?? 0) - configured)).toBeLessThanOrEqual(0.05 * configured);
  });

  it.each(['keepalive-race-max-requests-healthy.pcapng', 'deploy-drain.pcapng'])(
    'none is told of %s, whose closes no idle timer made',
    async (sample) => {
      const { analysis } = await analyze({ files: [`samples/${sample}`] });
      expect(
        analysis.servers.map(({ idleTimeoutSeconds }) => idleTimeoutSeconds).filter((each) => each !== null),
      ).toEqual([]);
    },
  );
});
