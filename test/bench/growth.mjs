// What a report costs as captures grow: CPU in proportion to the capture, memory not at all, or by a
// bounded number of bytes for each connection. Needs `npm run build`.
//
//   npm run growth [THOUSANDS] [RUNS]     default: 100 (thousand, against ten times as many), 3 runs
//
// Two kinds of captures are made, each of so many thousands and of ten times as many, and thrown away:
// connections with one exchange each, and a single connection with so many exchanges. Prints CPU and
// peak memory; exit code 1 where a bound does not hold.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ACK, CaptureWriter, PSH, Talk } from '../hostile/capture-writer.mjs';
import { watchPeakMemory } from './peak-memory.mjs';

const program = path.resolve(import.meta.dirname, '../../bin/pcapdx.js');
const thousands = Number(process.argv[2] ?? 100);
const runs = Number(process.argv[3] ?? 3);
const TIMES = 10;

/** Ten times the capture takes ten times the time, within so much. */
const TOLERANCE = 0.15;
/** What a report may take (performance goals): so much, or less with so much for each connection that the capture has. */
const MAX_MIB = 150;
const BASE_MIB = 60;
const BYTES_PER_CONNECTION = 250;
/** Memory that does not grow: larger by no more than this. */
const FLAT_MIB = 25;

const REQUEST = 'GET /items/1 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: growth\r\n\r\n';
const RESPONSE =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\r\n{"id": 1, "name": "thing"}';

const KINDS = [
  {
    name: 'connections, one exchange each',
    write: writeConnections,
    maxMib: (/** @type {number} */ count) => Math.max(MAX_MIB, BASE_MIB + (BYTES_PER_CONNECTION * count) / 2 ** 20),
    isFlat: false,
  },
  {
    name: 'exchanges of one connection',
    write: writeExchanges,
    maxMib: () => MAX_MIB,
    isFlat: true,
  },
];

const folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-growth-'));
let failures = 0;
try {
  for (const kind of KINDS) {
    const sizes = [thousands * 1000, thousands * 1000 * TIMES].map((count) => {
      const capture = path.join(folder, `${count}.pcap`);
      kind.write(capture, count);
      return { count, capture, bytes: statSync(capture).size, taken: /** @type {Cost[]} */ ([]) };
    });
    // What starting costs, which does not grow.
    const one = path.join(folder, 'one.pcap');
    kind.write(one, 1);
    const starts = [];
    for (let run = 0; run < runs; run += 1) {
      starts.push(await report(one));
      for (const { capture, taken } of sizes) taken.push(await report(capture));
    }
    const start = median(starts.map(({ cpuSeconds }) => cpuSeconds));
    const [small, large] = sizes.map(({ taken }) => ({
      cpuSeconds: median(taken.map(({ cpuSeconds }) => cpuSeconds)),
      peakMib: Math.max(...taken.map(({ peakMib }) => peakMib)),
    }));
    console.log(`${kind.name}: starting takes ${start.toFixed(2)} s CPU`);
    for (const [at, { count, bytes }] of sizes.entries()) {
      const { cpuSeconds, peakMib } = [small, large][at];
      console.log(
        `  ${count.toLocaleString('en')} (${(bytes / 1e6).toFixed(0)} MB): ${cpuSeconds.toFixed(2)} s CPU, ${peakMib.toFixed(0)} MiB`,
      );
      hold(`at most ${kind.maxMib(count).toFixed(0)} MiB`, peakMib <= kind.maxMib(count));
    }
    const growth = (large.cpuSeconds - start) / (small.cpuSeconds - start) / TIMES;
    hold(
      `${TIMES} times the capture takes ${(growth * TIMES).toFixed(1)} times the CPU, starting aside`,
      growth <= 1 + TOLERANCE,
    );
    if (kind.isFlat) hold(`memory stays, within ${FLAT_MIB} MiB`, large.peakMib - small.peakMib <= FLAT_MIB);
    for (const { capture } of sizes) rmSync(capture);
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failures > 0 ? 1 : 0;

/** @param {string} what @param {boolean} holds */
function hold(what, holds) {
  if (!holds) failures += 1;
  console.log(`  ${holds ? 'holds' : 'FAILS'}: ${what}`);
}

/** @typedef {{ cpuSeconds: number, peakMib: number }} Cost */

/** @param {string} file @param {number} count */
function writeConnections(file, count) {
  const writer = new CaptureWriter(file);
  for (let number = 0; number < count; number += 1) {
    const talk = new Talk(writer, number).open();
    exchange(talk);
    talk.close();
  }
  writer.close();
}

/** @param {string} file @param {number} count */
function writeExchanges(file, count) {
  const writer = new CaptureWriter(file);
  const talk = new Talk(writer, 0).open();
  for (let number = 0; number < count; number += 1) exchange(talk);
  talk.close();
  writer.close();
}

/** @param {Talk} talk */
function exchange(talk) {
  talk.send(0, PSH | ACK, REQUEST);
  talk.send(1, PSH | ACK, RESPONSE);
}

/** A report as a process of its own. @param {string} capture @returns {Promise<Cost>} */
function report(capture) {
  return new Promise((resolve, reject) => {
    // The shell's own `time` reads what the kernel counted, to the millisecond.
    const script = 'TIMEFORMAT="%3U %3S"; time "$@" > /dev/null';
    const command = [process.execPath, program, 'report', capture, '--format', 'json', '--jobs', '1'];
    const child = spawn('bash', ['-c', script, 'bash', ...command], { stdio: ['ignore', 'ignore', 'pipe'] });
    const peak = watchPeakMemory(
      () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ')[0],
    );
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const peakMib = peak();
      const [user, system] = said.trim().split(' ').map(Number);
      if (code !== 0 || Number.isNaN(user + system)) reject(new Error(`exit ${code}: ${said}`));
      else resolve({ cpuSeconds: user + system, peakMib });
    });
  });
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
