import { endpointText } from '../../text/address.js';
import { chanceText } from '../../text/chance.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { Page } from '../page.js';
import type { Role, TextStyle } from '../text-style.js';
import type { ComparisonDocument } from './comparison-schema.js';

type Compared = ComparisonDocument['findings'][number];
type Verdict = ComparisonDocument['verdict'];

const INDENT = 2;
const HANGING = 12;

const VERDICTS: Readonly<Record<Verdict, readonly [heading: string, text: string, role: Role]>> = {
  mended: ['MENDED', 'all that was found before is gone, and nothing came in its place.', 'strong'],
  'partly-mended': ['PARTLY MENDED', 'something is gone or rarer, but not all of it.', 'warning'],
  mixed: ['MIXED', 'something is better, and something else is worse.', 'critical'],
  'not-mended': ['NOT MENDED', 'what was found before is as frequent as it was.', 'warning'],
  worse: ['WORSE', 'something is new or more frequent, and nothing is better.', 'critical'],
  undecided: ['UNDECIDED', 'too little was seen to tell a difference from chance.', 'warning'],
  'nothing-found': ['NOTHING FOUND', 'neither before nor after.', 'strong'],
};

const CHANGES: Readonly<Record<Compared['change'], readonly [heading: string, role: Role]>> = {
  new: ['NEW', 'critical'],
  'more-frequent': ['MORE', 'critical'],
  same: ['SAME', 'warning'],
  undecided: ['UNDECIDED', 'warning'],
  rarer: ['RARER', 'notice'],
  gone: ['GONE', 'notice'],
};

/** The comparison for people: the answer, then each finding with its figures. */
export function comparisonText(comparison: ComparisonDocument, style: TextStyle): string {
  const page = new Page(style);
  const [heading, text, role] = VERDICTS[comparison.verdict];
  page.labelled(heading, `  ${text}`, { indent: 0, hanging: 2, role });
  if (comparison.reveal === true) {
    page.labelled('SECRETS SHOWN', '  as in the reports, which were made with --reveal', {
      ...{ indent: 0, hanging: 2, role: 'warning' },
    });
  }
  writeRun(page, 'Before', comparison.before);
  writeRun(page, 'After', comparison.after);
  for (const finding of comparison.findings) {
    page.blank();
    writeFinding(page, finding);
  }
  if (comparison.cautions.length > 0) {
    page.blank();
    page.labelled('CAUTION', `  ${comparison.cautions.map(visible).join('; ')}.`, {
      ...{ indent: 0, hanging: 2, role: 'warning' },
    });
  }
  return page.toString();
}

function writeRun(page: Page, label: string, { captures, connections, durationSeconds }: ComparisonDocument['before']) {
  const files = captures.length === 1 ? visible(captures[0] ?? '') : `${countText(captures.length)} captures`;
  field(page, label, `${files}: ${counted(connections, 'connection')} in ${durationText(durationSeconds * 1e9)}`);
}

function writeFinding(page: Page, finding: Compared): void {
  const { change, rule, kind, subject, addressAfter, because, connectionsNeeded } = finding;
  const [heading, role] = CHANGES[change];
  const name = subject.name === null ? '' : ` (${visible(subject.name)})`;
  const moved = addressAfter === subject.address ? '' : `, after at ${addressAfter}`;
  const what = `${visible(rule)}${kind === null ? '' : ` (${visible(kind)})`} at ${endpointText(subject)}${name}${moved}`;
  page.labelled(heading, what, { indent: 0, hanging: HANGING, role, textRole: 'strong' });
  page.prose(visible(finding.title), INDENT);
  field(page, 'Before', sideText(finding.before));
  field(page, 'After', sideText(finding.after));
  if (finding.ratio !== null && finding.after.occurrences > 0) field(page, 'Ratio', ratioText(finding.ratio));
  const chance = finding.chance === null ? '' : ` (chance of that: ${chanceText(finding.chance)})`;
  field(page, 'So', `${visible(because)}${chance}.`);
  if (connectionsNeeded !== null) {
    field(page, '', `${counted(connectionsNeeded, 'connection')} without any would tell.`);
  }
}

/** `17 in 212 connections: 8.0 % (4.7 to 12.8 %); F1`. */
function sideText({ findings, occurrences, connections, rate }: Compared['before']): string {
  const ids = findings.length === 0 ? '' : `; ${findings.map(visible).join(', ')}`;
  if (rate === null) return `${countText(occurrences)}; the server has no connections${ids}`;
  const { value, low, high } = rate;
  const range =
    occurrences === 0
      ? `at most ${percentText(high)}`
      : low > 1
        ? `${percentText(value)} (${figureText(low)} to ${figureText(high)})`
        : `${percentText(value)} (${percentText(low)} to ${percentText(high)})`;
  return `${countText(occurrences)} in ${counted(connections, 'connection')}: ${range}${ids}`;
}

/** `0.12 (0.03 to 0.41) times the rate before`. */
function ratioText({ value, low, high }: NonNullable<Compared['ratio']>): string {
  const range = high === null ? `at least ${figureText(low)}` : `${figureText(low)} to ${figureText(high)}`;
  return `${figureText(value)} (${range}) times the rate before`;
}

/** A connection may show several: beyond 100 % they are counted. */
function percentText(rate: number): string {
  return rate > 1 ? `${figureText(rate)} per connection` : `${figureText(rate * 100)} %`;
}

/** Two digits, or all before the point. */
function figureText(value: number): string {
  return value >= 10 || value === 0 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}

function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function field(page: Page, label: string, text: string): void {
  page.labelled(label, text, { indent: INDENT, hanging: HANGING, role: 'dim' });
}
