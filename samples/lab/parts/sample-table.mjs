/**
 * The tables of README.md: made from what the scenarios say of their samples and from what the lab wrote down
 * when it took them (samples.json): packet numbers and versions are those of the capture. Figures in a
 * scenario's own words are held by its `faults`.
 */
const BEGIN = '<!-- made by npm run lab: do not edit below -->';
const END = '<!-- made by npm run lab: do not edit above -->';

/** How many packet numbers a row names before it only counts. */
const MOST = 6;

/** `readme` with its tables made anew. */
export function withTables(readme, scenarios, list) {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('README.md of the samples has no place for the tables');
  const tables = scenarios.map((scenario) => sectionOf(scenario, list)).join('\n');
  return `${readme.slice(0, begin)}${BEGIN}\n\n${tables}\n${readme.slice(end)}`;
}

function sectionOf({ name, about, samples }, list) {
  const rows = samples.map((sample) => rowOf(sample, list[sample.file]));
  return `### ${name}

${about}

Taken with ${versionsText(samples.map(({ file }) => list[file]))}.

| sample | set up | goes wrong | a right diagnosis says | where it stands |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function rowOf({ file, setUp, decisive = [], wrong, diagnosis, twin, differs }, record) {
  const setting = decisive.length === 0 ? '' : `<br>${decisive.map(code).join('<br>')}`;
  const difference =
    twin === undefined ? '' : `<br>Its twin [\`${twin}\`](${twin}) differs in<br>${differs.map(code).join('<br>')}`;
  const cells = [
    `[\`${file}\`](${file})<br>${record?.packets} packets`,
    `${setUp}${setting}${difference}`,
    wrong ?? 'nothing',
    diagnosis,
    (record?.marks ?? []).map(({ what, frames }) => `${what}: ${packetsText(frames)}`).join('<br>'),
  ];
  return `| ${cells.join(' | ')} |`;
}

function code(line) {
  return `\`${line.replaceAll('|', '\\|')}\``;
}

function versionsText(records) {
  const versions = Object.assign({}, ...records.map((record) => record?.versions ?? {}));
  return Object.entries(versions)
    .map(([program, version]) => `${program} ${version}`)
    .join(', ');
}

/** Packet numbers for a reader: `#12, #40`, many as the first few and a count, `none`. */
function packetsText(frames) {
  if (frames.length === 0) return 'none';
  const named = frames.slice(0, MOST).map((frame) => `#${frame}`);
  return frames.length > MOST ? `${named.join(', ')} and ${frames.length - MOST} more` : named.join(', ');
}
