/** The two lines at the top: what was read, or how far it is; then the views, or the way to where one is. */

import { packetNumberOf } from '../../facts/packet-reference.js';
import { startText } from '../../report/period.js';
import { durationText, remainingText } from '../../text/duration.js';
import { byteText, countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { isViewLevel, type Level, topOf, type ViewName } from '../state/state.js';
import { captureOfPacket } from './capture-names.js';
import type { Context } from './context.js';
import { cellsOfLine, type Line, type Span, span } from './line.js';

const BAR_CELLS = 16;

/** `pcapdx  front.pcapng  5,120 packets  61.3 s  2024-06-10 13:50Z  secrets hidden`. */
export function captureLine(context: Context): Line {
  const { state, data, files, time } = context;
  const name = captureName(files);
  const head: Span[] = [span(' pcapdx  ', 'strong'), span(name)];
  const secrets = state.isRevealing ? span('  SECRETS SHOWN', 'warning') : span('  secrets hidden', 'dim');
  const { analysis } = data;
  if (!state.reading.isDone || analysis === null)
    return [...head, ...progressSpans(context, state.size.columns - cellsOfLine(head))];
  const packets = analysis.captures.reduce((sum, capture) => sum + capture.packets, 0);
  const interrupted = analysis.interrupted ? [span('  not read to its end', 'warning')] : [];
  const figures = [`${countText(packets)} packets`];
  if (analysis.originEpochNs !== null)
    figures.push(durationText(analysis.durationNs), withoutSeconds(startText(analysis.originEpochNs, time)));
  // Whether secrets are shown is said whatever else has no room.
  for (;;) {
    const line = [...head, ...figures.map((figure) => span(`  ${figure}`)), ...interrupted, secrets];
    if (figures.length === 0 || cellsOfLine(line) <= state.size.columns) return line;
    figures.pop();
  }
}

/** `2024-06-10 13:50Z`. */
function withoutSeconds(start: string): string {
  return start.replace(/:\d\d(?=Z|[+-]\d\d:\d\d$)/, '');
}

/** A file by its own name: where it lies the user knows. */
function captureName(files: readonly string[]): string {
  const [file = ''] = files;
  if (files.length !== 1) return `${files.length} captures`;
  return file === '-' ? 'stdin' : visible(file.replace(/^.*\//, ''));
}

/** `██████░░░░ 38 %  2 s left  412 MB of 1.1 GB  9,800,000 packets  310 MB/s`, as much of it as `cells` hold. */
function progressSpans({ state, theme }: Context, cells: number): Span[] {
  const { progress, startedMs, startedBytes, nowMs, isStopped } = state.reading;
  if (progress === null) return [span('  opening', 'dim')];
  const { bytesRead, size, packets } = progress;
  const perMs = nowMs > startedMs ? (bytesRead - startedBytes) / (nowMs - startedMs) : 0;
  const parts: string[] = [];
  let bar = '';
  if (size !== null && size > 0) {
    const full = Math.min(BAR_CELLS, Math.floor((bytesRead / size) * BAR_CELLS));
    const [lowest = '', highest = ''] = [theme.glyphs.bars.slice(0, 1), theme.glyphs.bars.slice(-1)];
    bar = `  ${highest.repeat(full)}${lowest.repeat(BAR_CELLS - full)} ${Math.floor((bytesRead / size) * 100)} %`;
    if (perMs > 0 && size > bytesRead) parts.push(`${remainingText((size - bytesRead) / perMs / 1000)} left`);
    parts.push(`${byteText(bytesRead)} of ${byteText(size)}`);
  } else parts.push(byteText(bytesRead));
  parts.push(`${countText(packets)} packets`);
  if (perMs > 0) parts.push(`${byteText(perMs * 1000)}/s`);
  const stopping = isStopped ? [span('  stopping', 'warning')] : [];
  for (;;) {
    const line = [span(bar, 'notice'), ...parts.map((part) => span(`  ${part}`)), ...stopping];
    if (parts.length <= 1 || cellsOfLine(line) <= cells) return line;
    parts.pop();
  }
}

const VIEWS: readonly (readonly [ViewName, string])[] = [
  ['overview', 'Overview'],
  ['findings', 'Findings'],
  ['connections', 'Connections'],
  ['servers', 'Servers'],
];

/** The views with how much is in them, or the path to a deeper level. */
export function placeLine(context: Context): Line {
  const { state } = context;
  const top = topOf(state);
  if (!isViewLevel(top)) return pathLine(context);
  const counts = countsOf(context);
  const spans = VIEWS.flatMap(([name, title], index): Span[] => {
    const count = counts[name];
    const text = `${index + 1} ${title}${count === '' ? '' : ` ${count}`}`;
    return name === top.place ? [span(` [${text}]`, 'strong')] : [span(`  ${text} `)];
  });
  return [...spans, ...filterSpans(context)];
}

function countsOf({ data }: Context): Readonly<Record<ViewName, string>> {
  const { analysis, index } = data;
  return {
    overview: '',
    findings: analysis === null ? '' : countText(analysis.findings.length),
    connections: countText(index.size),
    servers: analysis === null ? '' : countText(analysis.servers.length),
  };
}

/** The filter in force, how many rows it lets through, and the order when it is not the usual one. */
function filterSpans({ state, data }: Context): Span[] {
  const top = topOf(state);
  if (!('filter' in top)) return [];
  const spans: Span[] = [];
  if (top.filter.typed !== '' && state.prompt?.kind !== 'filter') {
    const found = top.place === 'connections' ? `  ${countText(data.connectionCount)} found` : '';
    spans.push(span('  filter ', 'dim'), span(visible(top.filter.typed), 'notice'), span(found, 'dim'));
  }
  return spans;
}

/** `F1 ▸ 1 of 17 ▸ stream 3    tcp.stream eq 3`. */
function pathLine({ state, data, theme }: Context): Line {
  const levels = state.stack.slice(1);
  const names = levels.map((level) => nameOf(level, data)).filter((name) => name !== '');
  const path = names.join(` ${theme.glyphs.cursor} `);
  const filter = wiresharkFilter(topOf(state), data);
  return [span(` ${path}`, 'strong'), span(filter === '' ? '' : `    ${filter}`, 'dim')];
}

function nameOf(level: Level, data: Context['data']): string {
  switch (level.place) {
    case 'finding':
      return data.findingOf(level.finding)?.id ?? 'finding';
    case 'ladder': {
      const { occurrence, stream } = level;
      if (occurrence === null) return `stream ${stream}`;
      const count = data.findingOf(occurrence.finding)?.occurrences ?? 0;
      return `${occurrence.index + 1} of ${countText(count)}, stream ${stream}`;
    }
    case 'packet':
      return `#${packetNumberOf(level.packet)}`;
    case 'stream':
      return `plaintext of stream ${level.stream}`;
    case 'text':
      return level.title;
    default:
      return '';
  }
}

/** A packet's number is one of its own capture; a stream's is of them all, which Wireshark numbers otherwise. */
function wiresharkFilter(level: Level, data: Context['data']): string {
  if (level.place === 'packet') {
    const file = captureOfPacket(level.packet, data);
    return `${file === '' ? '' : `${file}  `}frame.number == ${packetNumberOf(level.packet)}`;
  }
  if ((data.analysis?.captures.length ?? 1) > 1) return '';
  return level.place === 'ladder' || level.place === 'stream' ? `tcp.stream eq ${level.stream}` : '';
}
