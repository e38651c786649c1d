/** All connections as a table, of which only the rows in sight are made. */
import type { IndexRow } from '../../pipeline/index/connection-index.js';
import { clockCells, clockText } from '../../report/period.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { byteText, countText } from '../../text/size.js';
import { bodyRows } from '../state/geometry.js';
import type { ConnectionsLevel } from '../state/state.js';
import type { Role } from '../theme.js';
import { type Column, keepingSorted, place, rowLine, titleLine } from './columns.js';
import type { Context } from './context.js';
import { type Line, line, panned, selectedLine, span } from './line.js';

/** What is beside the usual is shown where there is much room, or when the rows are in order of it. */
const COLUMNS: readonly Column[] = [
  { title: 'stream', align: 'right', cells: 6 },
  { title: 'start', align: 'left', cells: 13, leaves: 6 },
  { title: 'client', align: 'left', cells: 15, isFlexible: true, leaves: 2 },
  { title: 'server', align: 'left', cells: 14, wanted: 19, isFlexible: true },
  { title: 'name', align: 'left', cells: 6, wanted: 14, isFlexible: true, leaves: 5 },
  { title: 'proto', align: 'left', cells: 8, leaves: 3 },
  { title: 'req', align: 'right', cells: 4 },
  { title: 'status', align: 'right', cells: 6 },
  { title: 'time', align: 'right', cells: 8, leaves: 4 },
  { title: 'bytes', align: 'right', cells: 7, leaves: -2 },
  { title: 'idle', align: 'right', cells: 8, leaves: -1 },
  { title: 'ttfb', align: 'right', cells: 8, leaves: -3 },
  { title: 'close', align: 'left', cells: 10, leaves: 1 },
  { title: 'finding', align: 'left', cells: 7, leaves: 0 },
];

/** All lines of the body. */
export function connectionsLines(level: ConnectionsLevel, context: Context): readonly Line[] {
  const { data, state, theme } = context;
  const { columns } = state.size;
  const shown = keepingSorted(COLUMNS, level.sort).map((column) => withRoomForDay(column, context));
  const placed = place(shown, columns);
  const height = bodyRows(state.size) - 1;
  const count = data.connectionCount;
  const lines: Line[] = [titleLine(shown, placed, level, theme.glyphs)];
  const end = Math.min(count, level.list.top + height);
  for (let at = level.list.top; at < end; at += 1) {
    const row = data.index.row(data.connectionAt(at));
    const isSelected = at === level.list.cursor;
    const isMarked = state.marks.has(`stream ${row.stream}`);
    const mark = span(`${isSelected ? theme.glyphs.cursor : ' '}${isMarked ? theme.glyphs.marked : ' '}`, 'strong');
    const drawn = panned(rowLine(shown, placed, cellsFor(row, context), mark), level.pan);
    lines.push(isSelected ? selectedLine(drawn, columns) : drawn);
  }
  if (count === 0) {
    const why =
      level.filter.typed !== '' && data.index.size > 0
        ? '  no connection matches; Esc shows all'
        : state.reading.isDone
          ? '  no TCP connection in it'
          : '  none yet: listed some time after their end; Esc stops reading: then all are';
    lines.push(line(why, 'dim'));
  }
  return lines;
}

/** A run that goes on into another day shows the day of what began on it. */
function withRoomForDay(column: Column, { data: { analysis }, time }: Context): Column {
  if (column.title !== 'start' || analysis === null) return column;
  return { ...column, cells: clockCells(analysis.durationNs, analysis.originEpochNs ?? 0n, time) };
}

function cellsFor(row: IndexRow, { data, time }: Context): readonly (string | readonly [string, Role])[] {
  const found = data.findings.filter(({ evidence }) => evidence.some(({ stream }) => stream === row.stream));
  const [worst] = found;
  const findings = found.map(({ id }) => id).join(' ');
  const status = row.lastStatus === 0 ? (row.requests > 0 ? 'none' : '') : String(row.lastStatus);
  const isBad = row.lastStatus >= 500 || (status === 'none' && row.close !== 'open');
  return [
    countText(row.stream),
    clockText(row.startNs, data.analysis?.originEpochNs ?? 0n, time),
    row.client === '' ? '' : endpointText({ address: row.client, port: row.clientPort }),
    row.server,
    row.name,
    row.protocol,
    countText(row.requests),
    [status, isBad ? 'critical' : 'plain'],
    durationText(row.endNs - row.startNs),
    byteText(row.bytes),
    row.idleNs < 0 ? '' : durationText(row.idleNs),
    row.ttfbNs < 0 ? '' : durationText(row.ttfbNs),
    closeCell(row),
    [findings, worst?.severity ?? 'plain'],
  ];
}

function closeCell({ close, reset }: IndexRow): string | readonly [string, Role] {
  return reset === 'none' ? close : [`rst ${reset}`, 'warning'];
}
