/** Small plots as SVG: when requests failed, and after how long servers close idle connections. */
import type { Finding } from '../../facts/finding.js';
import type { Timeline } from '../../facts/overview.js';
import { durationText, secondsText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { xmlText } from '../xml.js';

const WIDTH = 1100;
const PLOT_HEIGHT = 120;
const SPAN_ROW = 18;
/** Findings whose time is drawn; the others stand in their own sections. */
const MAX_SPANS = 12;
/** Bars of a histogram. */
const BINS = 24;
/** Closes at least to draw anything of. */
const LEAST_CLOSES = 2;

/** Requests over time, failed ones in front, and below them from when to when each finding was seen. */
export function timelinePlot(
  { requests, failed, widthNs }: Timeline,
  findings: readonly Finding[],
  durationNs: number,
): string {
  const most = Math.max(1, ...requests);
  // The last stretch may reach beyond the run: it is drawn as far as that goes.
  const wholeNs = durationNs > widthNs * (requests.length - 1) ? durationNs : Math.max(1, widthNs * requests.length);
  const x = (ns: number) => (ns / wholeNs) * (WIDTH - 80) + 60;
  const barWidth = (at: number): number =>
    Math.max(1, Math.min(x((at + 1) * widthNs), x(wholeNs)) - x(at * widthNs) - 0.5);
  const bars: string[] = [];
  requests.forEach((count, at) => {
    if (count === 0) return;
    bars.push(bar('all', x(at * widthNs), barWidth(at), count, most));
    const bad = failed[at] ?? 0;
    if (bad > 0) bars.push(bar('failed', x(at * widthNs), barWidth(at), bad, most));
  });
  const shown = findings.slice(0, MAX_SPANS);
  const spans = shown.map(({ id, severity, firstSeenNs, lastSeenNs }, index) => {
    const y = PLOT_HEIGHT + 38 + index * SPAN_ROW;
    const end = Math.max(x(lastSeenNs), x(firstSeenNs) + 3);
    return `<a href="#${id}"><text class="label" x="8" y="${y + 4}">${id}</text></a><path class="span ${severity}" d="M${round(x(firstSeenNs))} ${y}H${round(end)}"/>`;
  });
  const height = PLOT_HEIGHT + 40 + shown.length * SPAN_ROW;
  const total = sum(requests);
  const bad = sum(failed);
  // Answers that never arrived, or that lead in a circle, are none of these: beside such a finding, "none" would deny it.
  const isDenied = bad === 0 && findings.some(({ severity }) => severity !== 'notice');
  const failures = isDenied
    ? ''
    : `, ${bad === 0 ? 'none' : countText(bad)} of them unanswered, cut short or answered 5xx`;
  const label = `${countText(total)} request${total === 1 ? '' : 's'} over ${durationText(wholeNs)}${failures}; at most ${countText(most)} in ${durationText(widthNs)}`;
  return (
    // On a telephone its figures would be too small to read: there it is as wide as it needs, and scrolls.
    `<div class="wide" tabindex="0"><svg class="plot" viewBox="0 0 ${WIDTH} ${height}" role="group" aria-label="${xmlText(label)}">` +
    `<text class="label" x="8" y="16">${countText(most)}</text><text class="label" x="8" y="${PLOT_HEIGHT}">0</text>` +
    `<path class="axis" d="M60 ${PLOT_HEIGHT}H${WIDTH - 20}"/>${bars.join('')}` +
    `<text class="label" x="60" y="${PLOT_HEIGHT + 18}">0</text>` +
    `<text class="label" x="${WIDTH - 20}" y="${PLOT_HEIGHT + 18}" text-anchor="end">${durationText(wholeNs)}</text>` +
    `${spans.join('')}</svg></div><p class="dim">${xmlText(label)}.</p>`
  );
}

/** After how long a server closed idle connections, with the estimate; empty where there is nothing to draw. */
export function idleClosePlot(closes: readonly number[], estimateSeconds: number | null, name: string): string {
  if (closes.length < LEAST_CLOSES) return '';
  const most = Math.max(...closes, estimateSeconds ?? 0) * 1.05;
  const counts = new Array<number>(BINS).fill(0);
  for (const seconds of closes) {
    const bin = Math.min(BINS - 1, Math.floor((seconds / most) * BINS));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const highest = Math.max(...counts);
  const [width, height] = [320, 90];
  const x = (seconds: number) => (seconds / most) * (width - 20) + 10;
  const bars = counts.map((count, bin) => {
    if (count === 0) return '';
    const h = (count / highest) * (height - 20);
    return `<rect class="all" x="${round(x((bin * most) / BINS))}" y="${round(height - h)}" width="${round((width - 20) / BINS - 1)}" height="${round(h)}"/>`;
  });
  const line =
    estimateSeconds === null
      ? ''
      : `<path class="estimate" d="M${round(x(estimateSeconds))} 6V${height}"/><text x="${round(Math.min(width - 30, Math.max(30, x(estimateSeconds))))}" y="${height + 30}" text-anchor="middle">${secondsText(estimateSeconds)}</text>`;
  const told =
    estimateSeconds === null ? 'no one timer explains them' : `estimated time-out ${secondsText(estimateSeconds)}`;
  const label = `${countText(closes.length)} closes of idle connections by ${name}, after ${secondsText(closes[0] ?? 0)} to ${secondsText(closes.at(-1) ?? 0)}; ${told}`;
  return (
    `<svg class="plot" viewBox="0 0 ${width} ${height + 36}" role="img" aria-label="${xmlText(label)}">` +
    `<path class="axis" d="M10 ${height}H${width - 10}"/>${bars.join('')}${line}` +
    `<text class="label" x="10" y="${height + 16}">0</text><text class="label" x="${width - 10}" y="${height + 16}" text-anchor="end">${secondsText(most)}</text></svg>`
  );
}

function bar(kind: string, x: number, width: number, count: number, most: number): string {
  const height = Math.max(1, (count / most) * (PLOT_HEIGHT - 10));
  return `<rect class="${kind}" x="${round(x)}" y="${round(PLOT_HEIGHT - height)}" width="${round(width)}" height="${round(height)}"/>`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
