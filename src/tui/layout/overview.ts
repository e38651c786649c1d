/** The first screen: what failed, at which server, how often, how sure; a time line; what was not seen. */
import { type Finding, SEVERITIES, type Severity } from '../../facts/finding.js';
import { adviceClauses } from '../../report/advice.js';
import { findingTitle } from '../../report/finding-title.js';
import { periodText } from '../../report/period.js';
import { unseenClauses } from '../../report/unseen-text.js';
import { durationText } from '../../text/duration.js';
import { countText, manyText, percentText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { cellsOf, wrapText } from '../../text/width.js';
import { bodyRows, listRows, OVERVIEW_FOOT_ROWS } from '../state/geometry.js';
import type { OverviewLevel } from '../state/state.js';
import type { Role } from '../theme.js';
import { groundLines } from './argument.js';
import type { Context } from './context.js';
import { EMPTY_LINE, fitLine, type Line, line, type Span, selectedLine, span } from './line.js';

/** All lines of the body. */
export function overviewLines(level: OverviewLevel, context: Context): readonly Line[] {
  const { data, state } = context;
  const { columns } = state.size;
  const height = bodyRows(state.size);
  const { findings } = data;
  const whole = footLines(context);
  const lines: Line[] = [countsLine(context), EMPTY_LINE];
  if (findings.length === 0) lines.push(...nothingLines(context));
  else {
    const room = listRows(level, state.size, findings.length);
    for (const [index, finding] of findings.slice(level.list.top, level.list.top + room).entries())
      lines.push(...findingLines(finding, level.list.top + index === level.list.cursor, context));
    const more = findings.length - level.list.top - room;
    if (more > 0) lines.push(line(`   ${countText(more)} more below`, 'dim'));
    const inHand = findings[level.list.cursor];
    if (inHand !== undefined) lines.push(...previewLines(inHand, height - lines.length - OVERVIEW_FOOT_ROWS, context));
  }
  // Its blank line gives way to a title.
  const foot = lines.length > height - whole.length ? whole.slice(1) : whole;
  const body = lines.slice(0, Math.max(0, height - foot.length));
  while (body.length < height - foot.length) body.push(EMPTY_LINE);
  return [...body, ...foot].map((each) => fitLine(each, columns));
}

/** Fewer rows are not worth the look. */
const MIN_PREVIEW_ROWS = 4;

/** What the finding in hand says and rests on, in the rows that the list leaves; its title, where that had no room. */
function previewLines(finding: Finding, rows: number, { data, state, theme }: Context): readonly Line[] {
  const { columns } = state.size;
  const isWhole = cellsOf(findingTitle(finding)) + TITLE_INDENT + finding.id.length <= columns;
  const title = isWhole ? [] : wrapText(findingTitle(finding), columns - 2).map((text) => line(` ${text}`, 'strong'));
  if (rows < MIN_PREVIEW_ROWS) return title.length <= rows + 1 ? title : [];
  const rule = theme.glyphs.rule;
  const head =
    data.findings.length === 1 ? EMPTY_LINE : line(`${rule.repeat(2)} ${finding.id} `.padEnd(columns, rule), 'dim');
  return [head, ...beginning([...title, ...groundLines(finding, columns, theme.glyphs)], rows - 1)];
}

/** The first lines, as many as there is room for; no heading without what it heads. */
function beginning(lines: readonly Line[], rows: number): readonly Line[] {
  const shown = lines.slice(0, rows);
  if (shown.length === lines.length) return shown;
  const isText = (spans: Line) => spans.some(({ text, role }) => text !== '' && role !== 'strong');
  return shown.slice(0, shown.findLastIndex(isText) + 1);
}

const NAMES: Readonly<Record<Severity, readonly [string, string]>> = {
  critical: ['critical', 'critical'],
  warning: ['warning', 'warnings'],
  notice: ['notice', 'notices'],
};

function countsLine({ data, state, theme }: Context): Line {
  const spans: Span[] = [span(' ')];
  for (const severity of SEVERITIES) {
    const count = data.findings.filter((finding) => finding.severity === severity).length;
    const [one, many] = NAMES[severity];
    const text = `${theme.glyphs[severity]} ${countText(count)} ${count === 1 ? one : many}  `;
    spans.push(span(text, count > 0 ? severity : 'dim'));
  }
  const connections = data.analysis?.connections ?? data.index.size;
  const exchanges = data.analysis?.exchanges ?? 0;
  const soFar = state.reading.isDone ? '' : ', so far';
  spans.push(span(` ${manyText(connections, 'connection')}, ${manyText(exchanges, 'exchange')}${soFar}`));
  return spans;
}

/** Cells before a title on the list: the cursor, the severity and two spaces. */
const TITLE_INDENT = 4;

/** Two lines: what, and how often and how sure. */
function findingLines(finding: Finding, isSelected: boolean, context: Context): Line[] {
  const { theme, data, time, state } = context;
  const { columns } = state.size;
  const { severity, id } = finding;
  const mark = isSelected ? theme.glyphs.cursor : ' ';
  const first: Line = [
    span(mark, 'strong'),
    span(`${theme.glyphs[severity]} ${id} `, severity),
    span(findingTitle(finding), 'strong'),
  ];
  const period = periodText(finding.firstSeenNs, finding.lastSeenNs, data.analysis?.originEpochNs ?? 0n, time);
  const times = finding.occurrences === 1 ? 'once' : `${countText(finding.occurrences)} times`;
  const cause = likelyCause(finding, data);
  const leader = finding.consequenceOf === undefined ? '' : `, follows from ${finding.consequenceOf}`;
  const whole = `      ${times}, ${period}, ${finding.confidence}${leader}${cause}`;
  // When it happened stands on the finding's own screen too; what it comes from is the answer.
  const brief = `      ${times}, ${finding.confidence}${leader}${cause}`;
  const second = line(cause !== '' && cellsOf(whole) > columns ? brief : whole);
  return [isSelected ? selectedLine(first, columns) : first, second];
}

/** `. Likely cause: the server process ended`; its id where the rule does not say what it means. */
function likelyCause({ rule, hypotheses }: Finding, { causes }: Context['data']): string {
  const cause = hypotheses.find(({ verdict }) => verdict === 'supported')?.cause;
  if (cause === undefined) return '';
  const means = causes[rule]?.[cause];
  return `. Likely cause: ${means === undefined ? cause : visible(means.replace(/\.$/, ''))}`;
}

/** Nothing found, or nothing yet, is a screen too. */
function nothingLines({ data, state }: Context): Line[] {
  const { analysis, errors } = data;
  const wrapped = (text: string, indent: number, role: Role = 'plain') =>
    wrapText(text, state.size.columns - 1, indent).map((each) => line(each, role));
  if (!state.reading.isDone)
    return [
      line('   nothing found so far', 'dim'),
      // Late packets may still belong to it; of a quiet pipe nothing would be shown for long.
      ...wrapped('   (connections are judged some time after their end; Esc stops reading and judges all)', 4, 'dim'),
    ];
  const lines = errors.flatMap((error) => wrapped(` ${visible(error.message)}`, 3, 'critical'));
  if (analysis === null) return lines;
  const advice = adviceClauses(analysis).flatMap((clause) => wrapped(`   ${clause}`, 5));
  if (analysis.connections === 0)
    return [...lines, line(' There is no TCP connection in it: nothing to judge.', 'strong'), EMPTY_LINE, ...advice];
  lines.push(
    line(' Nothing found.', 'strong'),
    line(
      ` Checked by ${manyText(analysis.rules.length, 'rule')}: ${manyText(analysis.connections, 'connection')}, ${manyText(analysis.exchanges, 'exchange')}.`,
    ),
    EMPTY_LINE,
  );
  const { tls } = analysis.unseen;
  if (tls.connections > 0)
    lines.push(
      line(
        ` TLS opened: ${countText(tls.decrypted)} of ${countText(tls.connections)} connections (${percentText(tls.decrypted, tls.connections)})`,
      ),
    );
  if (advice.length > 0) lines.push(line(' To see more:'), ...advice);
  return lines;
}

/** The time line, and what was not seen. */
function footLines(context: Context): Line[] {
  const { data, state } = context;
  const { analysis, errors } = data;
  const lines: Line[] = [EMPTY_LINE, ...timeLines(context)];
  const clauses = analysis === null ? [] : unseenClauses(analysis.unseen, analysis.captures, analysis.keysGiven);
  const [warning, ...others] = analysis?.captures.flatMap(({ warnings }) => warnings) ?? [];
  const unseen = [
    ...(warning === undefined ? [] : [visible(warning)]),
    ...(others.length === 0 ? [] : [manyText(others.length, 'more warning')]),
    ...clauses,
  ];
  const [error] = errors;
  if (error !== undefined || unseen.length > 0) {
    const why = '   c why';
    // That some of a capture was not read bears upon all that stands above.
    const text =
      error === undefined
        ? line(` Not seen: ${unseen.join('; ')}`, 'dim')
        : line(` Not read: ${visible(error.message)}`, 'critical');
    const [head] = fitLine(text, state.size.columns - cellsOf(why));
    lines.push([...(head === undefined ? [] : [head]), span(why, 'strong')]);
  } else lines.push(EMPTY_LINE);
  return lines;
}

/** Cells that the bars leave to their name, their sum and what it counts. */
const BESIDE_BARS = 40;

/** Requests and failures by stretches of time, as bars. */
function timeLines({ data, state, theme }: Context): Line[] {
  const { widthNs, requests, failed } = data.timeline;
  if (requests.length === 0) return [EMPTY_LINE, EMPTY_LINE];
  const cells = Math.max(10, Math.min(60, state.size.columns - BESIDE_BARS));
  const perCell = Math.max(1, Math.ceil(requests.length / cells));
  const sums = (counts: readonly number[]) => {
    const bars: number[] = [];
    for (let at = 0; at < counts.length; at += perCell)
      bars.push(counts.slice(at, at + perCell).reduce((sum, count) => sum + count, 0));
    return bars;
  };
  const each = durationText(widthNs * perCell);
  const row = (label: string, counts: readonly number[], role: Role): Line => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return [
      span(` ${label.padEnd(9)}`),
      span(barsText(sums(counts), theme.glyphs.bars), role),
      span(` ${countText(total)}`),
    ];
  };
  return [
    [...row('requests', requests, 'notice'), span(`, ${each} per bar`, 'dim')],
    [...row('failed', failed, 'critical'), span(' (5xx, cut or unanswered)', 'dim')],
  ];
}

/** The lowest bar is for what is not nothing; nothing is blank. */
function barsText(counts: readonly number[], bars: string): string {
  const most = Math.max(1, ...counts);
  const characters = [...bars];
  return counts
    .map((count) =>
      count === 0
        ? ' '
        : (characters[Math.min(characters.length - 1, Math.floor((count / most) * (characters.length - 1)))] ?? ' '),
    )
    .join('');
}
