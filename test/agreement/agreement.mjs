// Holds `pcapdx flows` to tshark's word over the public captures in ../shared.
//
// The comparator there tells each difference; this counts the streams without any, per group of
// fields, and of HTTP the exchanges, and fails below the threshold. What still differs, and who is
// right: docs/differences-from-tshark.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const shared = path.resolve(project, '../shared');
const corpus = path.join(shared, 'corpus');
const expected = path.join(corpus, 'expected');

/** What is asked and answered, and the packets that hold it. */
const EXCHANGE_FIELDS = [
  'exchanges.requests',
  'exchanges.withoutRequest',
  'exchange.found',
  'exchange.method',
  'exchange.target',
  'exchange.authority',
  'exchange.status',
];
const PACKET_FIELDS = ['exchange.requestPacket', 'exchange.responsePacket'];

/**
 * Comparator fields by group; one marked "(oracle in doubt)" or "(first packet only)" is never among
 * them. `of`: the streams that count; `share`: how much must agree; `byExchange`: of the exchanges
 * rather than of the streams, each difference counted as one exchange.
 */
const GROUPS = {
  'stream numbers': { fields: ['stream number', 'present', 'no further flows'], share: 0.99 },
  endpoints: { fields: ['endpoints', 'client'], share: 0.99 },
  'packet and byte counts': {
    fields: ['packets.client', 'packets.server', 'bytes.client', 'bytes.server'],
    share: 0.99,
  },
  times: { fields: ['start', 'durationSeconds'], share: 0.99 },
  'handshake and close': { fields: ['handshake', 'close', 'close (either)', 'resetBy'], share: 0.99 },
  'TLS facts': {
    fields: ['tls', 'tls.sni', 'tls.alpnOffered', 'tls.alpnSelected', 'tls.version', 'tls.decrypted'],
    of: hasHello,
    share: 0.995,
  },
  'HTTP/1 requests and responses': {
    fields: [...EXCHANGE_FIELDS, ...PACKET_FIELDS],
    of: speaksHttp1,
    share: 0.99,
  },
  'HTTP/1 exchanges': { fields: EXCHANGE_FIELDS, of: speaksHttp1, share: 0.995, byExchange: true },
  'HTTP/2 exchanges': { fields: EXCHANGE_FIELDS, of: speaksHttp2, share: 0.995, byExchange: true },
  'their packets': { fields: PACKET_FIELDS, of: speaksHttp2, share: 0.99, byExchange: true },
  'exchanges within TLS': { fields: EXCHANGE_FIELDS, of: isDecrypted, share: 0.995, byExchange: true },
  'WebSocket connections': { fields: ['protocol'], of: speaksWebSocket, share: 0.995 },
};

const work = mkdtempSync(path.join(tmpdir(), 'pcapdx-agreement-'));
try {
  const report = path.join(work, 'report.json');
  const run = spawnSync(
    process.execPath,
    [path.join(shared, 'oracle/compare.mjs'), revealing(work), corpus, expected, '--json', report, '--jobs', '2'],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const closing = run.stdout.trim().split('\n').slice(-2);
  const { files, crashes, timeouts } = JSON.parse(readFileSync(report, 'utf8'));
  const differences = new Map(files.map((file) => [file.file, file.notes]));
  const refused = files.filter((file) => file.trouble !== null);

  let failures = crashes + timeouts;
  for (const [group, { fields, of, share: threshold, byExchange }] of Object.entries(GROUPS)) {
    let agree = 0;
    let compared = 0;
    const wrong = [];
    for (const name of expectations()) {
      const capture = name.slice(0, -'.json'.length);
      const { streams } = JSON.parse(readFileSync(path.join(expected, name), 'utf8'));
      const notes = differences.get(capture) ?? [];
      for (const stream of streams) {
        if (stream.quoted === true) continue;
        if (of !== undefined && !of(stream)) continue;
        const differing = notes.filter((note) => note.stream === stream.stream && fields.includes(note.field));
        const items = byExchange ? Math.max(stream.exchanges?.length ?? 0, differing.length) : 1;
        compared += items;
        agree += items - Math.min(items, differing.length);
        if (differing.length > 0)
          wrong.push(`${capture} stream ${stream.stream}: ${differing.map((note) => note.field).join(', ')}`);
      }
    }
    const share = agree / compared;
    const unit = byExchange ? 'exchanges' : 'streams';
    console.log(`${group.padEnd(32)} ${agree} of ${compared} ${unit} agree, ${(100 * share).toFixed(2)} %`);
    for (const line of process.argv.includes('--all') ? wrong : wrong.slice(0, 5)) console.log(`    ${line}`);
    if (!(share >= threshold)) failures += 1;
  }
  for (const file of refused) console.log(`${file.file}: ${file.trouble}`);
  console.log(closing.join('\n'));
  console.log(`${crashes} crashes, ${timeouts} time-outs`);
  process.exitCode = failures > 0 ? 1 : 0;
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** A project whose pcapdx hides nothing: tshark shows targets with the tokens in them. */
function revealing(folder) {
  mkdirSync(path.join(folder, 'bin'));
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  const program = pathToFileURL(path.join(project, 'bin/pcapdx.js'));
  writeFileSync(path.join(folder, 'bin/pcapdx.js'), `process.argv.push('--reveal');\nawait import('${program}');\n`);
  return folder;
}

function hasHello({ tls }) {
  return tls !== null && tls.clientHelloFrames.length + tls.serverHelloFrames.length > 0;
}

function speaksHttp1({ protocol }) {
  return protocol === 'http/1.1' || protocol === 'websocket';
}

function speaksHttp2({ protocol }) {
  return protocol === 'h2';
}

function speaksWebSocket({ protocol }) {
  return protocol === 'websocket';
}

function isDecrypted({ tls }) {
  return tls?.decrypted === true;
}

function expectations(below = '') {
  return readdirSync(path.join(expected, below), { withFileTypes: true }).flatMap((entry) => {
    const at = path.join(below, entry.name);
    return entry.isDirectory() ? expectations(at) : entry.name.endsWith('.json') ? [at] : [];
  });
}
