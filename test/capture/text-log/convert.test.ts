import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pcapOfText } from '../../../src/capture/text-log/convert.js';
import { analyze } from '../../../src/pipeline/analyze.js';

/** What was pasted into the ticket of seed 001, hosts renamed. */
const FORGED = `17:02:09.259562 IP LB.63320 > WEB.http: Flags [S], seq 3514370013, win 26883, options [mss 8961,sackOK,TS val 1575149654 ecr 0,nop,wscale 8], length 0
17:02:09.259622 IP WEB.http > LB.63320: Flags [S.], seq 1747571872, ack 3514370014, win 62727, options [mss 8961,nop,wscale 10], length 0
17:02:09.260548 IP LB.63320 > WEB.http: Flags [.], ack 1, win 106, length 0
17:02:09.260695 IP LB.63320 > WEB.http: Flags [P.], seq 1:1246, ack 1, win 106, length 1245: HTTP: GET URI HTTP/1.1
17:02:09.260840 IP WEB.http > LB.63320: Flags [R], seq 1747571873, win 0, length 0
17:02:09.260846 IP LB.63320 > WEB.http: Flags [R], seq 3514370014, win 0, length 0
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-text-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function analysisOf(text: string) {
  const file = path.join(folder, 'dump.txt');
  writeFileSync(file, text);
  const { analysis, errors } = await analyze({ files: [file] });
  expect(errors).toEqual([]);
  return analysis;
}

describe('a printed capture', () => {
  it('gives the diagnosis: forged resets, request swallowed', async () => {
    const { findings, captures } = await analysisOf(FORGED);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ rule: 'rst-after-request', severity: 'critical', facts: { kind: 'forged' } });
    expect(findings[0]?.hypotheses[0]).toMatchObject({ cause: 'security-agent', verdict: 'supported' });
    expect(captures[0]).toMatchObject({ packets: 6, snappedPackets: 1 });
    expect(captures[0]?.warnings[0]).toContain('read from text as tcpdump prints it: 6 segments');
  });

  it('gives the same wrapped, quoted and behind a prompt', async () => {
    const wrapped = FORGED.replaceAll(', options', ',\n    options').replaceAll(/^/gm, '> ');
    const { findings } = await analysisOf(`$ tcpdump -i eth0 port 80\nlistening on eth0\n${wrapped}\nWhat is this?\n`);
    expect(findings.map(({ rule }) => rule)).toEqual(['rst-after-request']);
  });

  it('keeps the place of packets that are no TCP', () => {
    const arp = '17:02:09.259000 ARP, Request who-has 10.0.0.1 tell 10.0.0.2, length 28\n';
    const { pcap, segments } = pcapOfText(arp + FORGED, () => undefined);
    expect(segments).toBe(6);
    // The record of the ARP packet is the first: 20 bytes, nothing known of them.
    expect(Buffer.from(pcap).readUInt32LE(24 + 8)).toBe(20);
  });

  it('goes past midnight', () => {
    const late = FORGED.split('\n')
      .slice(0, 2)
      .join('\n')
      .replace('17:02:09.259562', '23:59:59.900000')
      .replace('17:02:09.259622', '00:00:00.100000');
    const pcap = Buffer.from(pcapOfText(late, () => undefined).pcap);
    const second = 24 + 16 + pcap.readUInt32LE(24 + 8);
    expect(pcap.readUInt32LE(second) - pcap.readUInt32LE(24)).toBe(1);
  });

  it('knows of no payload more than is printed', () => {
    const { pcap } = pcapOfText(FORGED, () => undefined);
    expect(Buffer.from(pcap).toString('latin1')).toContain('GET /URI HTTP/1.1\r\n');
    expect(pcapOfText('nothing here', () => undefined).segments).toBe(0);
  });
});
