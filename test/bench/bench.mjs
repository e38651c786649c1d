// What a report of a big capture costs: CPU as a multiple of `tcpdump -w /dev/null` on the same
// file, in alternation, and peak memory. `npm run bench [MEGABYTES] [RUNS]`; needs root and the
// packages named in ../shared/bench/make-captures.sh, which makes the captures.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const make = path.resolve(project, '../shared/bench/make-captures.sh');
const megabytes = Number(process.argv[2] ?? 1000);
const runs = Number(process.argv[3] ?? 3);
const kinds = ['api', 'bulk', 'conns'];
const folder = process.env.PCAPDX_BENCH ?? path.join(tmpdir(), 'pcapdx-bench');

mkdirSync(folder, { recursive: true });
const missing = kinds.filter((kind) => !existsSync(path.join(folder, `${kind}.pcap`)));
if (missing.length > 0)
  execFileSync('sh', [make, folder, String(megabytes)], {
    stdio: 'inherit',
    env: { ...process.env, KINDS: missing.join(' ') },
  });

/** Runs a command to its end; its CPU seconds and peak memory in MiB, as the kernel kept them. */
function measure(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore'] });
    let cpuTicks = 0;
    let peakKib = 0;
    // Linux keeps the high-water mark and the ticks used; the last look before the end is near enough for runs of a second.
    const look = setInterval(() => {
      try {
        const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
        cpuTicks = Number(stat[11]) + Number(stat[12]);
        peakKib = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? peakKib);
      } catch {
        // It has just ended.
      }
    }, 10);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(look);
      if (code !== 0) reject(new Error(`${command} ${args.join(' ')}: exit ${code}`));
      else resolve({ cpuSeconds: cpuTicks / 100, peakMib: peakKib / 1024 });
    });
  });
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

console.log(`${cpus().length} × ${cpus()[0].model}, Node ${process.version}; medians of ${runs} runs in alternation`);
console.log('capture        MB   pcapdx CPU s   tcpdump CPU s   ratio   peak MiB');
for (const kind of kinds) {
  const capture = path.join(folder, `${kind}.pcap`);
  const ours = [];
  const theirs = [];
  for (let run = 0; run < runs; run += 1) {
    theirs.push(await measure('tcpdump', ['-r', capture, '-w', '/dev/null']));
    ours.push(
      await measure(process.execPath, [path.join(project, 'bin/pcapdx.js'), 'report', capture, '--format', 'json']),
    );
  }
  const cpu = median(ours.map((one) => one.cpuSeconds));
  const base = median(theirs.map((one) => one.cpuSeconds));
  const peak = Math.max(...ours.map((one) => one.peakMib));
  console.log(
    `${kind.padEnd(10)} ${String(Math.round(statSync(capture).size / 1e6)).padStart(6)} ${cpu.toFixed(2).padStart(14)} ${base.toFixed(2).padStart(15)} ${(cpu / base).toFixed(1).padStart(7)} ${peak.toFixed(0).padStart(10)}`,
  );
}
