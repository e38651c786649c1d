/**
 * Text and packets agree: what `tcpdump` prints of a sample gives the findings of resets and failed
 * connects that the sample gives, as sure or less; where a text lacks what they rest on, the table says so.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIDENCES, type Finding } from '../../src/facts/finding.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { allScenarios, SAMPLES } from './scenarios.js';

const RULES: readonly string[] = ['rst-after-request', 'keepalive-race', 'connect-refused', 'connect-timeout'];
const hasTcpdump = spawnSync('tcpdump', ['--version']).error === undefined;

/** What `tcpdump -nn` tells of a sample in other words than the packets, and what the text lacks for these. */
interface Difference {
  readonly lacks: string;
  readonly text: readonly string[];
  /** What its whole text tells otherwise, for want of the secrets in the file. */
  readonly whole?: readonly string[];
}

const DIFFERENCES: Readonly<Record<string, Difference>> = {
  'accept-queue-overflow-node-client.pcapng': {
    lacks: 'TTLs: whether the server’s own kernel reset the handshake (accept-queue-overflow)',
    text: ['rst-after-request critical possible 10.0.0.49:80 4 []'],
  },
  'asymmetric-path-drop.pcap': {
    lacks: 'link-layer addresses: by which way a SYN-ACK leaves (asymmetric-path)',
    text: ['connect-timeout warning likely 10.0.1.2:80 3 [way-back]'],
  },
  'encrypted-keepalive-race.pcapng': {
    lacks: 'TLS records: which of the client’s bytes are application data, and so a request (keepalive-race)',
    text: [],
    whole: ['keepalive-race warning 10.0.0.49:443 3 [server-idle-shorter]'],
  },
  'encrypted-rst-after-request.pcapng': {
    lacks: 'TLS records: which of the client’s bytes are application data, and no alert or end of a handshake',
    text: [],
  },
  'gateway-cut-php-fpm.pcapng': {
    lacks: 'payload: that the connection begins with a request over FastCGI (gateway-cut)',
    text: ['rst-after-request warning possible 10.0.1.43:9000 2 [app-abort]'],
  },
  'grpc-haproxy.pcapng': {
    lacks: 'HTTP/2, which tcpdump does not print: calls in progress, and what clients in front were told',
    text: ['connect-refused warning certain 10.0.1.43:8080 1 []'],
  },
  'grpc-nginx.pcapng': {
    lacks: 'HTTP/2, which tcpdump does not print: calls in progress, and what clients in front were told',
    text: ['connect-refused warning certain 10.0.1.43:8080 1 []'],
  },
  'idle-drop-haproxy.pcapng': {
    lacks: 'TTLs: whether the server wrote the reset behind the idle period (idle-drop)',
    text: ['rst-after-request warning possible 10.0.2.43:8080 3 []'],
  },
  'protocol-mismatch-proxy-header-missing.pcapng': {
    lacks: 'payload: who begins with a PROXY header, and who does not (protocol-mismatch)',
    text: ['rst-after-request notice possible 10.0.1.43:8082 2 [app-abort]'],
  },
  'protocol-mismatch-proxy-header-missing-tls.pcapng': {
    lacks: 'payload: who begins with a PROXY header, and who does not (protocol-mismatch)',
    text: [
      'rst-after-request notice possible 10.0.1.43:8082 2 [app-abort]',
      'rst-after-request warning possible 10.0.1.43:8081 2 [app-abort]',
    ],
  },
  'rst-after-request-unread.pcapng': {
    lacks: 'payload, on a port that tcpdump does not take for HTTP: that the bytes were a request',
    text: ['rst-after-request warning possible 10.0.1.46:9000 6 [app-abort]'],
  },
  'transparent-proxy.pcapng': {
    lacks: 'link-layer addresses: from whom the SYN-ACK comes',
    text: ['connect-timeout critical likely 10.0.1.43:8080 4 []'],
  },
};
/** With its payload, TTLs and addresses a text says all; but a secret for TLS, which a capture file can carry. */
const WHOLE = '-nnveX';
const WITH_SECRETS: ReadonlySet<string> = new Set([
  'encrypted-keepalive-race.pcapng',
  'encrypted-rst-after-request.pcapng',
]);
/** Ways in which people print a capture. */
const FORMS: readonly string[] = ['-nn', '-nnv', '-nne', '-nnS', '-nntttt'];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-text-agreement-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function findingsIn(file: string): Promise<readonly Finding[]> {
  const { analysis, errors } = await analyze({ files: [file] });
  expect(errors).toEqual([]);
  return analysis.findings;
}

function printed(sample: string, flags: string): string {
  const { stdout } = spawnSync('tcpdump', [flags, '-r', path.join(SAMPLES, sample)], {
    encoding: 'latin1',
    maxBuffer: 64 * 1024 * 1024,
  });
  const file = path.join(folder, 'dump.txt');
  writeFileSync(file, stdout, 'latin1');
  return file;
}

function toldIn(findings: readonly Finding[], isSureness: boolean): string[] {
  const told = findings.filter(({ rule }) => RULES.includes(rule));
  return told.map((finding) => tellOf(finding, isSureness)).sort();
}

function tellOf(
  { rule, severity, confidence, subject, occurrences, hypotheses }: Finding,
  isSureness: boolean,
): string {
  const causes = hypotheses.filter(({ verdict }) => verdict === 'supported').map(({ cause }) => cause);
  const sureness = isSureness ? ` ${confidence}` : '';
  return `${rule} ${severity}${sureness} ${subject.address}:${subject.port} ${occurrences} [${causes.sort().join(', ')}]`;
}

/** No finding of the text is surer than the packets are of the same. */
function expectNoSurer(text: readonly Finding[], packets: readonly Finding[]): void {
  for (const finding of text) {
    const same = packets.find((other) => tellOf(other, false) === tellOf(finding, false));
    if (same === undefined) continue;
    const [sureness, most] = [finding, same].map(({ confidence }) => CONFIDENCES.indexOf(confidence));
    expect(sureness, tellOf(finding, true)).toBeGreaterThanOrEqual(most ?? 0);
  }
}

const samples = (await allScenarios()).flatMap((scenario) => scenario.samples);

describe.skipIf(!hasTcpdump)('tcpdump -nn and packets agree', () => {
  it.each(samples.map(({ file }) => file))('%s', async (file) => {
    const packets = await findingsIn(path.join(SAMPLES, file));
    const text = await findingsIn(printed(file, '-nn'));
    const difference = DIFFERENCES[file];
    if (difference === undefined) {
      expect(toldIn(text, false)).toEqual(toldIn(packets, false));
      expectNoSurer(text, packets);
    } else {
      expect(toldIn(text, true)).toEqual(difference.text);
      expect(toldIn(text, false)).not.toEqual(toldIn(packets, false));
    }
    if (toldIn(text, true).join() === toldIn(packets, true).join()) return;
    // What is told otherwise, or less surely, is so for what -v, -e and -X print.
    const isSureness = !WITH_SECRETS.has(file);
    expect(toldIn(await findingsIn(printed(file, WHOLE)), isSureness)).toEqual(
      difference?.whole ?? toldIn(packets, isSureness),
    );
  });
});

describe.skipIf(!hasTcpdump)('no healthy sample alarms from text', () => {
  it.each(samples.filter(({ wrong }) => wrong === null).map(({ file }) => file))('%s', async (file) => {
    for (const form of FORMS) {
      const alarming = (await findingsIn(printed(file, form))).filter(({ severity }) => severity !== 'notice');
      expect(
        alarming.map((finding) => tellOf(finding, true)),
        form,
      ).toEqual([]);
    }
  });
});

describe.skipIf(!hasTcpdump)('what a text lacks is named where a cause stays open for it', () => {
  it.each([
    ['accept-queue-overflow-node-client.pcapng', 'resource-exhaustion'],
    ['idle-drop-haproxy.pcapng', 'network'],
  ])('%s: %s', async (file, cause) => {
    const finding = (await findingsIn(printed(file, '-nn'))).find(({ rule }) => rule === 'rst-after-request');
    const hypothesis = finding?.hypotheses.find((one) => one.cause === cause);
    expect(hypothesis).toMatchObject({ verdict: 'open', because: expect.stringContaining('-v') });
  });
});
