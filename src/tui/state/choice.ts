/** Which findings and connections an export is of. */
import { groupKey } from '../../findings/group.js';
import type { TuiData } from './data.js';
import type { ExportChoice } from './export-choice.js';
import { findingRows } from './rows.js';
import { type FindingKey, type TuiState, topOf } from './state.js';

/** The finding that is shown, or under the cursor; `null`: the screen is about none. */
export function findingInHand(state: TuiState, data: TuiData): FindingKey | null {
  for (const level of [...state.stack].reverse()) {
    if (level.place === 'finding') return level.finding;
    if (level.place === 'ladder' && level.occurrence !== null) return level.occurrence.finding;
  }
  const top = topOf(state);
  const finding =
    top.place === 'overview'
      ? data.findings[top.list.cursor]
      : top.place === 'findings'
        ? findingRows(top, data, state.marks)[top.list.cursor]
        : undefined;
  return finding === undefined ? null : groupKey(finding);
}

/** The connection that is shown, or under the cursor; `null`: none. */
export function streamInHand(state: TuiState, data: TuiData): number | null {
  for (const level of [...state.stack].reverse()) if ('stream' in level) return level.stream;
  const top = topOf(state);
  if (top.place === 'finding') return data.findingOf(top.finding)?.evidence[top.list.cursor]?.stream ?? null;
  if (top.place !== 'connections' || data.connectionCount === 0) return null;
  return data.index.row(data.connectionAt(top.list.cursor)).stream;
}

/** The findings of an export; `null`: all of them. */
export function chosenFindings(
  state: TuiState,
  scope: ExportChoice['scope'],
  data: TuiData,
): readonly FindingKey[] | null {
  switch (scope) {
    case 'all':
      return null;
    case 'marked':
      return data.findings.filter(({ id }) => state.marks.has(id)).map(groupKey);
    case 'this':
    case 'connection': {
      const finding = findingInHand(state, data);
      return finding === null ? [] : [finding];
    }
    default: {
      const never: never = scope;
      return never;
    }
  }
}

/** The connections of an export: those of its findings, or those chosen themselves. */
export function chosenStreams(state: TuiState, scope: ExportChoice['scope'], data: TuiData): readonly number[] {
  if (scope === 'connection') {
    const stream = streamInHand(state, data);
    return stream === null ? [] : [stream];
  }
  const keys = chosenFindings(state, scope, data);
  const findings =
    keys === null ? data.findings : keys.map((key) => data.findingOf(key)).filter((found) => found !== null);
  const streams = new Set(findings.flatMap(({ evidence }) => evidence.map(({ stream }) => stream)));
  if (scope === 'marked') for (const stream of markedStreams(state)) streams.add(stream);
  return [...streams].sort((one, other) => one - other);
}

/** Streams that the user marked. */
export function markedStreams({ marks }: TuiState): readonly number[] {
  return [...marks].flatMap((mark) => (mark.startsWith('stream ') ? [Number(mark.slice('stream '.length))] : []));
}
