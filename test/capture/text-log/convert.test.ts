import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { domainToASCII } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pcapOfText } from '../../../src/capture/text-log/convert.js';
import { PRINTED_HEADER_BYTES, SAID } from '../../../src/capture/text-log/printed-header.js';
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
    expect(captures[0]).toMatchObject({ format: 'text', linkTypes: ['TEXT'] });
    expect(captures[0]?.warnings[0]).toBe('read from text: 6 segments');
  });

  it('gives the same wrapped, quoted and behind a prompt', async () => {
    const wrapped = FORGED.replaceAll(', options', ',\n    options').replaceAll(/^/gm, '> ');
    const { findings } = await analysisOf(`$ tcpdump -i eth0 port 80\nlistening on eth0\n${wrapped}\nWhat is this?\n`);
    expect(findings.map(({ rule }) => rule)).toEqual(['rst-after-request']);
  });

  it('keeps the place of packets that are no TCP', () => {
    const other = '17:02:09.259000 STP 802.1d, Config, Flags [none], length 43\n';
    const { pcap, segments } = pcapOfText(other + FORGED, () => undefined);
    expect(segments).toBe(6);
    // The record of that packet is the first: that nothing of it is known, and nothing behind that.
    expect(Buffer.from(pcap).readUInt32LE(24 + 8)).toBe(PRINTED_HEADER_BYTES);
    expect(Buffer.from(pcap).readUInt16BE(24 + 16)).toBe(SAID.nothing);
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

  it('adds up pauses (-ttt), where times go up and down from 0', () => {
    const line = (time: string) => ` ${time} IP 10.0.0.1.1 > 10.0.0.2.80: Flags [.], ack 1, win 1, length 0\n`;
    const timesOf = (text: string) => {
      const pcap = Buffer.from(pcapOfText(text, () => undefined).pcap);
      const times: number[] = [];
      for (let at = 24; at < pcap.length; at += 16 + pcap.readUInt32LE(at + 8))
        times.push(pcap.readUInt32LE(at + 4) / 1000);
      return times;
    };
    const [none, long, short] = ['00:00:00.000000', '00:00:00.001049', '00:00:00.000015'].map(line);
    expect(timesOf(`${none}${long}${short}${long}`)).toEqual([0, 1049, 1064, 2113]);
    expect(timesOf(`${none}${short}${long}`)).toEqual([0, 15, 1049]);
    expect(timesOf(`${long}${short}`)).toEqual([1049, 15]);
  });

  it('knows of no payload more than is printed', () => {
    const { pcap } = pcapOfText(FORGED, () => undefined);
    expect(Buffer.from(pcap).toString('latin1')).toContain('GET /URI HTTP/1.1\r\n');
    expect(pcapOfText('nothing here', () => undefined).segments).toBe(0);
  });

  it('is what the lines say, whatever stands around them', async () => {
    const prose = [
      'ALB access log: https 2024-06-10T13:50:58.480543Z app/ALB-Address Source IP Destination IP 0.001 0.001 -1 502 - 298',
      '그래서 at 10:12:33 the LB answered 502, IP 차단 확인',
      '17:02:09.259562 IP was what we looked at; 17:03:00.000001 방화벽 ARP 확인',
      'アクセスログは 2024-06-10 13:50:58.480543 に 502 を返した',
      '```',
    ].join('\n');
    const [truth, around] = [await analysisOf(FORGED), await analysisOf(`${prose}\n${FORGED}${prose}\n`)];
    const between = await analysisOf(FORGED.replaceAll('\n', `\n\n${prose}\n`));
    for (const { captures, findings, durationNs } of [around, between]) {
      expect(findings).toEqual(truth.findings);
      expect(durationNs).toBe(truth.durationNs);
      expect(captures[0]).toMatchObject({ packets: 6, startEpochNs: truth.captures[0]?.startEpochNs });
    }
  });

  it.each([
    ['quoted twice', (line: string) => `> > ${line}`],
    ['in a list', (line: string) => `- ${line}`],
    ['in a numbered list', (line: string) => ` 3. ${line}`],
    ['in code', (line: string) => `\`${line}\``],
    ['behind a log’s prefix', (line: string) => `Jun 10 13:50:58 web1 tcpdump[812]: ${line}`],
    ['of a container', (line: string) => `web_1  | ${line}`],
    ['in a table', (line: string) => `| ${line} |`],
    ['out of HTML', (line: string) => line.replaceAll('>', '&gt;')],
    ['of another system', (line: string) => `${line}\r`],
  ])('%s it gives the same', async (_, dress) => {
    const dressed = FORGED.trimEnd().split('\n').map(dress).join('\n');
    const { findings, captures } = await analysisOf(`${dressed}\n`);
    expect(findings[0]).toMatchObject({ rule: 'rst-after-request', facts: { kind: 'forged' } });
    expect(captures[0]).toMatchObject({ packets: 6, snappedPackets: 1 });
  });

  it('is read as PowerShell writes it', async () => {
    const file = path.join(folder, 'utf16.txt');
    writeFileSync(
      file,
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(FORGED.replaceAll('\n', '\r\n'), 'utf16le')]),
    );
    const { analysis } = await analyze({ files: [file] });
    expect(analysis.findings.map(({ rule }) => rule)).toEqual(['rst-after-request']);
  });

  it('knows names in any script', async () => {
    const { findings } = await analysisOf(FORGED.replaceAll('WEB.', '웹서버.'));
    expect(findings[0]?.subject.name).toBe(domainToASCII('웹서버'));
  });

  it('says what it lacks where it cannot be read', async () => {
    const file = path.join(folder, 'lacking.txt');
    writeFileSync(file, FORGED.replaceAll(/^\S+ /gm, ''));
    const reason = async () => (await analyze({ files: [file] })).errors.map(({ message }) => message).join();
    expect(await reason()).toContain('is what tcpdump -t prints');
    writeFileSync(file, '17:02:09.259562 IP 10.0.0.1.63320 > 10.0.0.2.80: tcp 19\n');
    expect(await reason()).toContain('is what tcpdump -q prints');
  });
});
