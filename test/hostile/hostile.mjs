// Reads captures made to cost as much as possible (inputs.mjs) and holds each report to its bounds
// of time and memory. Time is the processor's, of all threads, so that it does not matter what else the
// machine does. Needs `npm run build`.
//
//   npm run hostile [PART OF A NAME]
//
//   PCAPDX_HOSTILE_SLACK=N             allows N times the time and memory, on a busy machine
//
// Prints a line for each; exit code 1 when one is beyond a bound, crashes or does not say what it must.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { watchPeakMemory } from '../bench/peak-memory.mjs';
import { HOSTILE } from './inputs.mjs';

const program = path.resolve(import.meta.dirname, '../../bin/pcapdx.js');
const slack = Number(process.env.PCAPDX_HOSTILE_SLACK ?? 1);
const MAX_SECONDS = 10 * slack;
const MAX_MIB = 500 * slack;
/** How often the processor's time is looked at, ms, and of how many ticks a second it is. */
const LOOK_MS = 20;
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

const wanted = process.argv[2] ?? '';
const folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-hostile-'));
let failures = 0;
try {
  for (const hostile of HOSTILE.filter(({ name }) => name.includes(wanted))) {
    const capture = path.join(folder, 'hostile.pcap');
    const keyLog = path.join(folder, 'keys');
    hostile.write(capture);
    hostile.keyLog?.(keyLog);
    const outcome = await report([capture, ...(hostile.keyLog === undefined ? [] : ['--keylog', keyLog])]);
    const flaws = flawsOf(hostile, outcome);
    failures += flaws.length > 0 ? 1 : 0;
    const size = (statSync(capture).size / 1e6).toFixed(1);
    const cost = `${outcome.seconds.toFixed(1)} s of CPU, ${outcome.wall.toFixed(1)} s in all, ${outcome.mib.toFixed(0)} MiB, exit ${outcome.code}`;
    console.log(`${flaws.length > 0 ? 'FAILS ' : 'holds '} ${hostile.name} (${size} MB): ${cost}`);
    for (const flaw of flaws) console.log(`       ${flaw}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failures > 0 ? 1 : 0;

/** @param {import('./inputs.mjs').Hostile} hostile @param {Awaited<ReturnType<typeof report>>} outcome */
function flawsOf({ exit = 0, says }, { code, seconds, mib, output }) {
  const flaws = [];
  if (seconds > MAX_SECONDS) flaws.push(`takes longer than ${MAX_SECONDS} s`);
  if (mib > MAX_MIB) flaws.push(`takes more than ${MAX_MIB} MiB`);
  if (code !== exit) flaws.push(`exits with ${code}, not ${exit}: ${output.slice(-300)}`);
  if (says !== undefined && !says.test(output)) flaws.push(`does not say ${says}: ${output.slice(0, 300)}`);
  return flaws;
}

/** @param {readonly string[]} args @returns {Promise<{ code: number | null, seconds: number, wall: number, mib: number, output: string }>} */
function report(args) {
  return new Promise((settle) => {
    const begun = performance.now();
    const child = spawn(process.execPath, [program, 'report', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const peak = watchPeakMemory(() => child.pid);
    let seconds = 0;
    const clock = setInterval(() => {
      seconds = Math.max(seconds, cpuSeconds(child.pid));
    }, LOOK_MS);
    let output = '';
    const take = (/** @type {Buffer} */ chunk) => {
      if (output.length < 1e6) output += chunk.toString();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    // Ten times the bound: beyond, it hangs.
    const end = setTimeout(() => child.kill('SIGKILL'), MAX_SECONDS * 10_000);
    child.on('close', (code) => {
      clearTimeout(end);
      clearInterval(clock);
      settle({ code, seconds, wall: (performance.now() - begun) / 1000, mib: peak(), output });
    });
  });
}

/** Of all threads, up to now; 0 where it has just ended. @param {number | undefined} pid */
function cpuSeconds(pid) {
  try {
    // The name of the program stands in brackets, and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return 0;
  }
}
