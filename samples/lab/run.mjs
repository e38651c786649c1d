/**
 * Takes the samples again: `npm run lab [SCENARIO…] [-- --into FOLDER]`, all scenarios without a name.
 *
 * A sample is replaced only when every sample of its scenario was taken without a fault; the list of
 * samples (samples.json) and the tables in README.md go with it. Whatever ends the run, SIGKILL excepted,
 * nothing is left behind.
 */
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { missingCommands } from './parts/program.mjs';
import { differenceOf, readSampleList, writeSampleList } from './parts/sample-list.mjs';
import { withTables } from './parts/sample-table.mjs';
import { allScenarios } from './parts/scenarios.mjs';
import { takeSample } from './parts/take.mjs';
import { Teardown } from './parts/teardown.mjs';
import { framesOf } from './parts/tshark.mjs';
import { versionsOf } from './parts/versions.mjs';

const SAMPLES = fileURLToPath(new URL('..', import.meta.url));

/** What every scenario needs. */
const COMMANDS = ['ip', 'ss', 'sysctl', 'tcpdump', 'tshark', 'editcap', 'mergecap', 'openssl', 'python3'];

async function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { into: { type: 'string' } } });
  if (process.getuid() !== 0) throw new Error('network namespaces and captures need root');
  const all = await allScenarios();
  const scenarios = chosen(all, positionals);
  const missing = await missingCommands([...COMMANDS, ...scenarios.flatMap(({ programs }) => programs)]);
  if (missing.length > 0) throw new Error(`not installed: ${missing.join(', ')} (see samples/README.md)`);
  const teardown = new Teardown();
  const interrupted = new Promise((_, reject) => {
    // A signal may come twice (a Ctrl-C reaches npm too, which hands it on): the second changes nothing.
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])
      process.on(name, () => reject(new Error(`ended by ${name}`)));
  });
  const target = values.into ?? SAMPLES;
  await mkdir(target, { recursive: true });
  try {
    await Promise.race([takeScenarios(teardown, scenarios, target), interrupted]);
  } finally {
    await teardown.close();
    if (values.into === undefined) await tellTables(all);
  }
}

function chosen(all, wanted) {
  const names = all.map(({ name }) => name);
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`no such scenario: ${unknown.join(', ')}; there are ${names.join(', ')}`);
  return wanted.length === 0 ? all : all.filter(({ name }) => wanted.includes(name));
}

/** Makes the tables of README.md say what the list of samples says. */
async function tellTables(scenarios) {
  const readme = join(SAMPLES, 'README.md');
  await writeFile(readme, withTables(await readFile(readme, 'utf8'), scenarios, await readSampleList(SAMPLES)));
}

async function takeScenarios(teardown, scenarios, target) {
  const folder = await teardown.make(
    'the temporary folder',
    async () => {
      const made = await mkdtemp(join(tmpdir(), 'pcapdx-lab-'));
      await chmod(made, 0o711); // servers that give up root must reach their documents
      return made;
    },
    (made) => rm(made, { recursive: true, force: true }),
  );
  const failures = [];
  for (const scenario of scenarios) {
    try {
      await takeScenario(teardown, { scenario, folder, target });
    } catch (error) {
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

async function takeScenario(teardown, { scenario, folder, target }) {
  const versions = await versionsOf(scenario.programs);
  const good = [];
  for (const sample of scenario.samples) {
    const { file, record } = await takeSample(teardown, folder, sample);
    console.log(`${sample.file}: ${record.packets} packets, ${record.bytes} bytes`);
    good.push({ name: sample.file, file, record: { scenario: scenario.name, versions, ...record } });
  }
  const taken = new Map(good.map(({ name, ...rest }) => [name, rest]));
  const unlike = [];
  for (const sample of scenario.samples)
    if (sample.twin !== undefined) unlike.push(...(await pairFaults(sample, taken)));
  if (unlike.length > 0) throw new Error(`${scenario.name}: ${unlike.join('\n  ')}`);
  // Whatever interrupts it waits until the samples and the list that tells of them are of one take.
  await teardown.make(
    `the samples of ${scenario.name}`,
    () => replaceSamples(target, scenario, good),
    () => {},
  );
}

async function replaceSamples(target, scenario, good) {
  for (const { name, file } of good) await replace(join(target, name), file);
  const list = await readSampleList(target);
  for (const [name, { scenario: owner }] of Object.entries(list)) if (owner === scenario.name) delete list[name];
  for (const { name, record } of good) list[name] = record;
  await writeSampleList(target, list);
}

/** A sample and its twin may differ in nothing but what the sample's row says, and the twin has no packet of a fault. */
async function pairFaults({ file, twin, differs, marks }, taken) {
  const found = differenceOf(taken.get(file).record, taken.get(twin).record);
  const isRight = found.length === differs.length && found.every((line, index) => line === differs[index]);
  const faults = isRight
    ? []
    : [`${file} differs from ${twin} in ${JSON.stringify(found)}, not in ${JSON.stringify(differs)}`];
  for (const { what, filter, fault } of marks) {
    if (fault !== true) continue;
    const frames = await framesOf(taken.get(twin).file, filter);
    if (frames.length > 0) faults.push(`${twin} has the fault of ${file}, ${what}: packets ${frames.join(', ')}`);
  }
  return faults;
}

/** Puts `file` in the place of `sample`, whole or not at all. */
async function replace(sample, file) {
  await copyFile(file, `${sample}.new`);
  await rename(`${sample}.new`, sample);
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
