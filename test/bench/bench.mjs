// What a report of a big capture costs, against other programs that read the same capture: CPU as
// a multiple of theirs, in alternation, and peak memory.
//
//   npm run bench [MEGABYTES] [RUNS]     default: 250 MB, 3 runs
//   PCAPDX_BENCH=FOLDER                  where the captures and results.json are kept
//   PCAPDX_BENCH_TSHARK=no               leave out tshark, which takes minutes
//
// Needs root, tcpdump, capinfos, editcap, tshark and the packages named in
// ../shared/bench/make-captures.sh, which makes the captures.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { watchPeakMemory } from './peak-memory.mjs';

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const make = path.resolve(project, '../shared/bench/make-captures.sh');
const megabytes = Number(process.argv[2] ?? 250);
const runs = Number(process.argv[3] ?? 3);
const folder = process.env.PCAPDX_BENCH ?? path.join(tmpdir(), `pcapdx-bench-${megabytes}`);
const withTshark = process.env.PCAPDX_BENCH_TSHARK !== 'no';
/** tshark takes minutes for more. */
const SLICE_MB = 60;
const keyLog = path.join(folder, 'tls.keys');
// Where an environment names certificates, Node reads all of them at each start: a twelfth of what TLS costs here.
delete process.env.NODE_EXTRA_CA_CERTS;
const CASES = [
  { name: 'api', kind: 'api', keys: [], says: 'small HTTP exchanges, 20 a connection' },
  { name: 'bulk', kind: 'bulk', keys: [], says: 'large downloads' },
  { name: 'tls', kind: 'tls', keys: [], says: 'HTTP/2 in TLS 1.3' },
  { name: 'tls+keys', kind: 'tls', keys: [keyLog], says: 'the same, decrypted' },
  { name: 'conns', kind: 'conns', keys: [], says: 'one exchange a connection' },
];

mkdirSync(folder, { recursive: true });
for (const kind of ['api', 'bulk', 'tls', 'conns'])
  if (!isCapture(captureOf(kind)))
    execFileSync('sh', [make, folder, String(megabytes)], { stdio: 'inherit', env: { ...process.env, KINDS: kind } });

const machine = `${cpus().length} × ${cpus()[0].model}, Node ${process.version}`;
console.log(`${machine}; medians of ${runs} runs in alternation`);
const results = [];
for (const one of CASES) {
  const result = await measureCase(one);
  results.push(result);
  console.log(lineOf(result));
}
const file = path.join(folder, 'results.json');
writeFileSync(file, `${JSON.stringify({ machine, runs, results }, null, 2)}\n`);
console.log(`written to ${file}\n\n${tableOf(results)}`);

/** All programs on one capture, turn by turn; tshark once, on a slice. */
async function measureCase({ name, kind, keys, says }) {
  const capture = captureOf(kind);
  const commands = {
    pcapdx: pcapdx(capture, keys),
    cat: ['cat', capture],
    capinfos: ['capinfos', capture],
    tcpdump: ['tcpdump', '-r', capture, '-w', '/dev/null'],
  };
  const taken = Object.fromEntries(Object.keys(commands).map((program) => [program, []]));
  for (let run = 0; run < runs; run += 1)
    for (const [program, command] of Object.entries(commands)) taken[program].push(await measure(command));
  const programs = Object.fromEntries(Object.entries(taken).map(([program, all]) => [program, summaryOf(all)]));
  const { packets, connections, exchanges } = countsOf(capture, keys);
  const ratios = {};
  for (const program of ['cat', 'capinfos', 'tcpdump'])
    ratios[program] = programs.pcapdx.cpuSeconds / programs[program].cpuSeconds;
  const tshark = withTshark ? await againstTshark(capture, packets, keys) : null;
  const size = statSync(capture).size / 1e6;
  return { name, says, megabytes: size, packets, connections, exchanges, programs, ratios, tshark };
}

/** tshark lists the requests of the first {@link SLICE_MB} MB: its CPU as a multiple of a report's on the same. */
async function againstTshark(capture, packets, keys) {
  const slice = path.join(folder, 'slice.pcap');
  const count = Math.max(1, Math.floor(packets * Math.min(1, (SLICE_MB * 1e6) / statSync(capture).size)));
  execFileSync('editcap', ['-r', '-F', 'pcap', capture, slice, `1-${count}`]);
  const fields = ['http.request.method', 'http.request.uri', 'http.response.code', 'http2.headers.path'];
  const theirs = await measure([
    ...['tshark', '-n', '-r', slice, ...keys.flatMap((log) => ['-o', `tls.keylog_file:${log}`])],
    ...['-Y', 'http or http2', '-T', 'fields', '-e', 'frame.number', ...fields.flatMap((field) => ['-e', field])],
  ]);
  const ours = await measure(pcapdx(slice, keys));
  rmSync(slice);
  return { megabytes: SLICE_MB, tshark: theirs, pcapdx: ours, ratio: theirs.cpuSeconds / ours.cpuSeconds };
}

function captureOf(kind) {
  return path.join(folder, `${kind}.pcap`);
}

/** A capture with something in it: one that failed has its header alone. */
function isCapture(capture) {
  return existsSync(capture) && statSync(capture).size > 1e6;
}

function pcapdx(capture, keys) {
  const program = path.join(project, 'bin/pcapdx.js');
  return [
    process.execPath,
    program,
    'report',
    capture,
    '--format',
    'json',
    ...keys.flatMap((log) => ['--keylog', log]),
  ];
}

function countsOf(capture, keys) {
  const [command, ...args] = pcapdx(capture, keys);
  const report = JSON.parse(execFileSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 28 }));
  const { connections, exchanges } = report.summary;
  return { packets: report.captures[0].packets, connections, exchanges };
}

/** Runs a command to its end: CPU seconds of all its threads as the kernel counted them, wall seconds, peak memory in MiB. */
function measure(command) {
  return new Promise((resolve, reject) => {
    // The shell's own `time` reads the child's rusage, to the millisecond.
    const script = 'TIMEFORMAT="%3U %3S %3R"; time "$@" > /dev/null 2> /dev/null';
    const child = spawn('bash', ['-c', script, 'bash', ...command], { stdio: ['ignore', 'ignore', 'pipe'] });
    let times = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      times += text;
    });
    // The shell's child is the command.
    const peak = watchPeakMemory(
      () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ')[0],
    );
    child.on('error', reject);
    child.on('close', (code) => {
      const peakMib = peak();
      const [user, system, wall] = times.trim().split(' ').map(Number);
      if (code !== 0) reject(new Error(`${command.join(' ')}: exit ${code}`));
      else resolve({ cpuSeconds: user + system, wallSeconds: wall, peakMib });
    });
  });
}

function summaryOf(all) {
  return {
    cpuSeconds: median(all.map((one) => one.cpuSeconds)),
    wallSeconds: median(all.map((one) => one.wallSeconds)),
    peakMib: Math.max(...all.map((one) => one.peakMib)),
  };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function lineOf({ name, megabytes: size, programs, ratios, tshark }) {
  const { cpuSeconds, peakMib } = programs.pcapdx;
  const cost = `${cpuSeconds.toFixed(2)} s CPU, ${peakMib.toFixed(0)} MiB`;
  const others = Object.entries(ratios).map(([program, ratio]) => `${ratio.toFixed(1)} × ${program}`);
  if (tshark !== null) others.push(`tshark ${tshark.ratio.toFixed(0)} × ours on ${tshark.megabytes} MB`);
  return `${name.padEnd(9)} ${size.toFixed(0).padStart(5)} MB: ${cost}; ${others.join(', ')}`;
}

/** The table of the README. */
function tableOf(rows) {
  const lines = [
    '| capture | MB | CPU s | × `tcpdump -w` | × `capinfos` | tshark | peak MiB |',
    '|---|---|---|---|---|---|---|',
  ];
  for (const { name, says, megabytes: size, programs, ratios, tshark } of rows) {
    const { cpuSeconds, peakMib } = programs.pcapdx;
    const theirs = tshark === null ? '' : `${tshark.ratio.toFixed(0)} ×`;
    lines.push(
      `| ${name}: ${says} | ${size.toFixed(0)} | ${cpuSeconds.toFixed(2)} | ${ratios.tcpdump.toFixed(1)} | ${ratios.capinfos.toFixed(1)} | ${theirs} | ${peakMib.toFixed(0)} |`,
    );
  }
  return lines.join('\n');
}
