/**
 * Takes one sample: the scenario happens in a fresh lab, the captures become one file, and tshark says
 * whether it shows what it should. A capture with a fault is taken again.
 *
 * A sample is described by
 *
 * - `file`: its name; the ending says the format, `.pcap` or `.pcapng`.
 * - `setUp`, `wrong` (`null`: nothing, a healthy one), `diagnosis`: what its row in README.md says.
 * - `decisive`: the lines of the settings that matter most, word for word.
 * - `twin`: the healthy sample with the same set-up, and `differs`: the lines of the settings that set them
 *   apart, `- line` here alone, `+ line` in the twin alone. Of the failing samples only.
 * - `marks`: the telling packets: `{ what, filter, count, fault, mended, own }`. `filter` is Wireshark's, `count`
 *   how many packets it must select (`[least, most]` where the story leaves room). With `fault`, the twin must
 *   have none; with `mended`, the twin must have more (what is missing here is the fault). `own`: how pcapdx's own decoding finds the same packets (test/samples/own-frames.ts).
 * - `keys: false`: TLS keys are not put into it though there are some.
 * - `take(lab)`: lets it happen; gives what the programs themselves say of it.
 * - `faults(capture, told)`: sentences on what is wrong with the capture beyond the marks; optional.
 */
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Lab } from './lab.mjs';
import { run } from './program.mjs';
import { Teardown } from './teardown.mjs';
import { framesOf, recordsOf } from './tshark.mjs';

/** A sample that comes with the project is small. */
export const MAX_SAMPLE_BYTES = 300_000;

/** A machine that is busy for a moment stretches the microseconds that a sample must show. */
const ATTEMPTS = 4;

/** Takes until a capture has no faults. Gives its file, and what the list of samples says of it. */
export async function takeSample(outer, folder, sample) {
  for (let attempt = 1; ; attempt += 1) {
    const teardown = await outer.make(
      `the lab of ${sample.file}`,
      () => new Teardown(),
      (made) => made.close(),
    );
    let faults;
    try {
      const taken = await takeOnce(teardown, join(folder, `${sample.file}-${attempt}`), sample);
      faults = taken.faults;
      if (faults.length === 0) return taken;
    } catch (error) {
      faults = [error.stack];
    } finally {
      await teardown.close();
    }
    console.error(`${sample.file}, attempt ${attempt} of ${ATTEMPTS}:\n  ${faults.join('\n  ')}`);
    if (attempt === ATTEMPTS) throw new Error(`${sample.file}: no good capture; the sample is as it was`);
  }
}

async function takeOnce(teardown, base, sample) {
  const lab = new Lab(teardown, base);
  const keyLog = (await lab.folder('.')) && lab.keyLog;
  const told = await sample.take(lab);
  const file = await joined(await lab.endCaptures(), { base, sample, keyLog });
  const { size } = await stat(file);
  const capture = {
    file,
    frames: (filter) => framesOf(file, filter),
    records: (fields, filter) => recordsOf(file, fields, filter),
  };
  const marks = [];
  for (const { what, filter } of sample.marks) marks.push({ what, filter, frames: await capture.frames(filter) });
  const faults = [
    ...(size > MAX_SAMPLE_BYTES ? [`${size} bytes, should be at most ${MAX_SAMPLE_BYTES}`] : []),
    ...sample.marks.flatMap((mark, index) => countFaults(mark, marks[index].frames)),
    ...missingLines(sample, lab.settings),
    ...((await sample.faults?.(capture, told)) ?? []),
  ];
  const packets = (await capture.frames('frame')).length;
  return { file, faults, record: { packets, bytes: size, settings: lab.settings, marks } };
}

function countFaults({ what, count }, frames) {
  const [least, most] = Array.isArray(count) ? count : [count, count];
  const isRight = frames.length >= least && frames.length <= most;
  return isRight ? [] : [`${what}: ${frames.length}, should be ${Array.isArray(count) ? count.join(' to ') : count}`];
}

function missingLines({ decisive = [] }, settings) {
  const lines = new Set(Object.values(settings).flatMap((text) => text.map((line) => line.trim())));
  return decisive.filter((line) => !lines.has(line)).map((line) => `no setting has the decisive line "${line}"`);
}

/** One file of all captures in order of time, in the sample's format, with the TLS keys where there are some. */
async function joined(captures, { base, sample, keyLog }) {
  const target = join(base, sample.file);
  const format = sample.file.endsWith('.pcapng') ? 'pcapng' : 'pcap';
  const plain = captures.length === 1 ? captures[0] : join(base, 'joined');
  // Interfaces are kept apart where the format can: which leg a packet was seen on is part of the story.
  const apart = format === 'pcapng' ? ['-I', 'none'] : [];
  if (captures.length > 1) await run('mergecap', '-F', format, ...apart, '-w', plain, ...captures);
  const keys = sample.keys === false ? '' : await readFile(keyLog, 'utf8').catch(() => '');
  if (keys !== '') await run('editcap', '-F', format, '--inject-secrets', `tls,${keyLog}`, plain, target);
  else if (format === 'pcap') await copyFile(plain, target);
  else await run('editcap', '-F', format, plain, target);
  if (format === 'pcapng') await forgetMachine(target);
  return target;
}

/** A Section Header Block without options: pcapng §4.1. */
const BARE_SECTION_HEADER = 28;

/** Takes the options out of the section header: mergecap writes there on which kernel it ran. */
async function forgetMachine(file) {
  const whole = await readFile(file);
  const length = whole.readUInt32LE(4);
  const header = Buffer.from(whole.subarray(0, BARE_SECTION_HEADER));
  header.writeUInt32LE(BARE_SECTION_HEADER, 4);
  header.writeUInt32LE(BARE_SECTION_HEADER, BARE_SECTION_HEADER - 4);
  await writeFile(file, Buffer.concat([header, whole.subarray(length)]));
}
