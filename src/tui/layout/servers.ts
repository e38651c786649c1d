/** Servers as a table: time-outs, waits, statuses. */
import type { ServerSummary } from '../../facts/summary.js';
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { cellsOf, wrapText } from '../../text/width.js';
import { bodyRows } from '../state/geometry.js';
import { serverRows } from '../state/rows.js';
import type { ServersLevel } from '../state/state.js';
import type { Role } from '../theme.js';
import { type Column, keepingSorted, place, rowLine, titleLine } from './columns.js';
import type { Context } from './context.js';
import { EMPTY_LINE, type Line, line, panned, selectedLine, span } from './line.js';

/** Who a server is stays longest: figures are in the detail below, too. */
const COLUMNS: readonly Column[] = [
  { title: 'server', align: 'left', cells: 14, isFlexible: true },
  { title: 'name', align: 'left', cells: 9, isFlexible: true, leaves: 2 },
  { title: 'conns', align: 'right', cells: 5, leaves: 1, isMostFirst: true },
  { title: 'reqs', align: 'right', cells: 4, isMostFirst: true },
  { title: '5xx', align: 'right', cells: 3, isMostFirst: true },
  { title: 'RST', align: 'right', cells: 3, isMostFirst: true },
  { title: 'idle', align: 'left', cells: 8, leaves: 0 },
  { title: 'first byte', align: 'left', cells: 10, isMostFirst: true, leaves: -1 },
  { title: 'p95', align: 'right', cells: 8, leaves: -2 },
  { title: 'statuses', align: 'left', cells: 18, isFlexible: true, leaves: -3 },
];
/** Addresses and names have at most so many cells before other columns stand beside them. */
const WANTED_CELLS = { server: 21, name: 20 };
/** Lines below the table: what is known of the server in hand. */
const DETAIL_ROWS = 5;

/** All lines of the body. */
export function serversLines(level: ServersLevel, context: Context): readonly Line[] {
  const { data, state, theme } = context;
  const { columns } = state.size;
  const rows = serverRows(level, data);
  const shown = keepingSorted(fittedColumns(data.analysis?.servers ?? []), level.sort);
  const placed = place(shown, columns);
  const body = bodyRows(state.size);
  const lines: Line[] = [titleLine(shown, placed, level, theme.glyphs)];
  const room = Math.max(1, body - 1);
  for (const [index, server] of rows.slice(level.list.top, level.list.top + room).entries()) {
    const isSelected = level.list.top + index === level.list.cursor;
    const mark = span(isSelected ? `${theme.glyphs.cursor} ` : '  ', 'strong');
    const drawn = panned(rowLine(shown, placed, cellsFor(server), mark), level.pan);
    lines.push(isSelected ? selectedLine(drawn, columns) : drawn);
  }
  if (rows.length === 0)
    lines.push(line(data.analysis === null ? '  nothing yet' : '  no server matches; Esc shows all', 'dim'));
  const selected = rows[level.list.cursor];
  if (selected !== undefined && lines.length + DETAIL_ROWS <= body) {
    while (lines.length < body - DETAIL_ROWS) lines.push(EMPTY_LINE);
    lines.push(...detailLines(selected, columns, theme.glyphs.rule));
  }
  return lines.slice(0, body);
}

/** What is measured once for all the keys that are pressed on one list of servers. */
const FITTED = new WeakMap<readonly ServerSummary[], readonly Column[]>();

/** The columns as wide as what stands in them, whichever rows are in sight. */
function fittedColumns(servers: readonly ServerSummary[]): readonly Column[] {
  const known = FITTED.get(servers);
  if (known !== undefined) return known;
  const widest = COLUMNS.map(() => 0);
  for (const server of servers) {
    for (const [at, cell] of cellsFor(server).entries())
      widest[at] = Math.max(widest[at] ?? 0, cellsOf(typeof cell === 'string' ? cell : cell[0]));
  }
  const fitted = COLUMNS.map((column, at) => fittedTo(column, widest[at] ?? 0));
  FITTED.set(servers, fitted);
  return fitted;
}

/** Figures are never cut; addresses and names want their room, and statuses have a share of what is left over. */
function fittedTo(column: Column, widest: number): Column {
  const { title, cells } = column;
  if (title === 'statuses') return column;
  if (title === 'server' || title === 'name')
    return { ...column, wanted: Math.max(cells, Math.min(widest, WANTED_CELLS[title])) };
  return { ...column, cells: Math.max(cells, widest) };
}

function cellsFor(server: ServerSummary): readonly (string | readonly [string, Role])[] {
  const { timeToFirstByte } = server;
  return [
    endpointText(server),
    visible(server.names[0] ?? ''),
    countText(server.connections),
    countText(server.requests),
    [countText(server.serverErrors), server.serverErrors > 0 ? 'critical' : 'plain'],
    [countText(server.resets), server.resets > 0 ? 'warning' : 'plain'],
    idleText(server),
    timeToFirstByte === null ? '' : durationText(timeToFirstByte.p50Seconds * 1e9),
    timeToFirstByte === null ? '' : durationText(timeToFirstByte.p95Seconds * 1e9),
    server.statuses.map(({ status, count }) => `${status}×${countText(count)}`).join(' '),
  ];
}

/** `10.0 s (12)`; `≥ 61 s` where only survivors are known. */
function idleText({ idleTimeoutSeconds, idleTimeoutSamples, longestAnsweredIdleSeconds }: ServerSummary): string {
  if (idleTimeoutSeconds !== null) return `${secondsText(idleTimeoutSeconds)} (${countText(idleTimeoutSamples)})`;
  return longestAnsweredIdleSeconds === null ? '' : `≥ ${secondsText(longestAnsweredIdleSeconds)}`;
}

function detailLines(server: ServerSummary, width: number, rule: string): Line[] {
  const { timeToFirstByte, requestTimeoutSeconds, roundTripToServerSeconds, roundTripToClientsSeconds } = server;
  const clauses: string[] = [];
  if (server.names.length > 1) clauses.push(`names ${server.names.slice(0, 6).map(visible).join(', ')}`);
  if (timeToFirstByte !== null)
    clauses.push(
      `first byte after ${durationText(timeToFirstByte.p50Seconds * 1e9)} (p50), ${durationText(timeToFirstByte.p95Seconds * 1e9)} (p95), ${durationText(timeToFirstByte.p99Seconds * 1e9)} (p99), at most ${durationText(timeToFirstByte.maxSeconds * 1e9)}, of ${countText(timeToFirstByte.samples)} responses`,
    );
  if (server.idleTimeoutSeconds !== null)
    clauses.push(
      `closes idle connections after ${secondsText(server.idleTimeoutSeconds)}, as ${countText(server.idleTimeoutSamples)} closes show`,
    );
  if (server.longestAnsweredIdleSeconds !== null)
    clauses.push(`longest idle time that was still answered ${secondsText(server.longestAnsweredIdleSeconds)}`);
  if (requestTimeoutSeconds !== null)
    clauses.push(`gives up a connection without a request after ${secondsText(requestTimeoutSeconds)}`);
  if (roundTripToServerSeconds !== null)
    clauses.push(`round trip to it ${durationText(roundTripToServerSeconds * 1e9)}`);
  if (roundTripToClientsSeconds !== null)
    clauses.push(`to its clients ${durationText(roundTripToClientsSeconds * 1e9)}`);
  if (server.undecrypted > 0) clauses.push(`${countText(server.undecrypted)} TLS connections were not opened`);
  const text = ` ${endpointText(server)}: ${clauses.join('; ')}`;
  const lines = wrapText(text, width - 1, 3).map((each) => line(each));
  return [line(rule.repeat(width), 'dim'), ...lines].slice(0, DETAIL_ROWS);
}
