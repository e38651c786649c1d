// Holds `pcapdx flows` to tshark's word over the public captures in ../shared, for what is decoded so far.
//
// The comparator there tells each difference; this counts the streams without any, per group of
// fields, and fails below the threshold. HTTP/2 exchanges join when they are decoded.
// What still differs, and who is right: docs/differences-from-tshark.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const shared = path.resolve(project, '../shared');
const corpus = path.join(shared, 'corpus');
const expected = path.join(corpus, 'expected');

/** Share of streams that must agree, of each group; of some more. */
const THRESHOLD = 0.99;
const THRESHOLDS = { 'TLS facts': 0.995, 'HTTP/1 within TLS': 0.995 };

const HTTP1 = [
  'exchanges.requests',
  'exchanges.withoutRequest',
  'exchange.found',
  'exchange.method',
  'exchange.target',
  'exchange.authority',
  'exchange.status',
  'exchange.requestPacket',
  'exchange.responsePacket',
];

/** Streams that a group is about; of the others, all. */
const CONCERNS = {
  'TLS facts': ({ tls }) => tls !== null && tls.clientHelloFrames.length + tls.serverHelloFrames.length > 0,
  'HTTP/1 requests and responses': (stream) => speaksHttp1(stream) && stream.tls === null,
  'HTTP/1 within TLS': (stream) => speaksHttp1(stream) && stream.tls?.decrypted === true,
};

/** Comparator fields by group; one marked "(oracle in doubt)" or "(first packet only)" is never among them. */
const GROUPS = {
  'stream numbers': ['stream number', 'present', 'no further flows'],
  endpoints: ['endpoints', 'client'],
  'packet and byte counts': ['packets.client', 'packets.server', 'bytes.client', 'bytes.server'],
  times: ['start', 'durationSeconds'],
  'handshake and close': ['handshake', 'close', 'close (either)', 'resetBy'],
  'TLS facts': ['tls', 'tls.sni', 'tls.alpnOffered', 'tls.alpnSelected', 'tls.version', 'tls.decrypted'],
  'HTTP/1 requests and responses': HTTP1,
  'HTTP/1 within TLS': HTTP1,
};

const work = mkdtempSync(path.join(tmpdir(), 'pcapdx-agreement-'));
try {
  const report = path.join(work, 'report.json');
  const run = spawnSync(
    process.execPath,
    [path.join(shared, 'oracle/compare.mjs'), project, corpus, expected, '--json', report, '--jobs', '2'],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const closing = run.stdout.trim().split('\n').slice(-2);
  const { files, crashes, timeouts } = JSON.parse(readFileSync(report, 'utf8'));
  const differences = new Map(files.map((file) => [file.file, file.notes]));
  const refused = files.filter((file) => file.trouble !== null);

  let failures = crashes + timeouts;
  for (const [group, fields] of Object.entries(GROUPS)) {
    let agree = 0;
    let compared = 0;
    const wrong = [];
    for (const name of expectations()) {
      const capture = name.slice(0, -'.json'.length);
      const { streams } = JSON.parse(readFileSync(path.join(expected, name), 'utf8'));
      const notes = differences.get(capture) ?? [];
      for (const stream of streams) {
        if (stream.quoted === true) continue;
        if (CONCERNS[group]?.(stream) === false) continue;
        compared += 1;
        const differing = notes.filter((note) => note.stream === stream.stream && fields.includes(note.field));
        if (differing.length === 0) agree += 1;
        else wrong.push(`${capture} stream ${stream.stream}: ${differing.map((note) => note.field).join(', ')}`);
      }
    }
    const share = agree / compared;
    console.log(`${group.padEnd(32)} ${agree} of ${compared} streams agree, ${(100 * share).toFixed(2)} %`);
    for (const line of process.argv.includes('--all') ? wrong : wrong.slice(0, 5)) console.log(`    ${line}`);
    if (share < (THRESHOLDS[group] ?? THRESHOLD)) failures += 1;
  }
  for (const file of refused) console.log(`${file.file}: ${file.trouble}`);
  console.log(closing.join('\n'));
  console.log(`${crashes} crashes, ${timeouts} time-outs; all fields, the not yet decoded included, above`);
  process.exitCode = failures > 0 ? 1 : 0;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function speaksHttp1({ protocol }) {
  return protocol === 'http/1.1' || protocol === 'websocket';
}

function expectations(below = '') {
  return readdirSync(path.join(expected, below), { withFileTypes: true }).flatMap((entry) => {
    const at = path.join(below, entry.name);
    return entry.isDirectory() ? expectations(at) : entry.name.endsWith('.json') ? [at] : [];
  });
}
