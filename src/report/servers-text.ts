import type { ServerSummary } from '../facts/summary.js';
import { endpointText } from '../text/address.js';
import { secondsText } from '../text/duration.js';
import { countText } from '../text/size.js';
import { visible } from '../text/visible.js';
import type { Page } from './page.js';
import { type Column, tableLines } from './table.js';

/** Servers listed: the most telling ones stand first, and a fleet does not fit a ticket. */
export const MAX_SERVERS = 10;

/** A name gives way before an address does, and figures before both. */
const COLUMNS: readonly Column[] = [
  { title: 'server', align: 'left', shrinks: { to: 20, turn: 2, keepsEnd: true } },
  { title: 'name', align: 'left', shrinks: { to: 8, turn: 1 }, drops: 3 },
  { title: 'conns', align: 'right', drops: 5 },
  { title: 'requests', align: 'right', drops: 4 },
  { title: '5xx', align: 'right', drops: 1 },
  { title: 'RST', align: 'right', drops: 2 },
  { title: 'idle timeout', align: 'left' },
];

/** The table of servers; nothing when there are none. */
export function writeServers(page: Page, servers: readonly ServerSummary[]): void {
  if (servers.length === 0) return;
  page.blank();
  page.labelled('SERVERS', '', { indent: 0, hanging: 0, role: 'strong' });
  const shown = servers.slice(0, MAX_SERVERS);
  const rows = shown.map((server) => [
    endpointText(server),
    server.names.map(visible).join(', '),
    countText(server.connections),
    seenText(server.requests, server),
    seenText(server.serverErrors, server),
    countText(server.resets),
    idleTimeoutText(server),
  ]);
  for (const line of tableLines(COLUMNS, rows, page.style, 2)) page.line(line);
  if (servers.length > shown.length) page.prose(`… ${countText(servers.length - shown.length)} more`, 2);
}

/** A count of what was decrypted; `≥ 3` where more may be in what was not, `?` where nothing is known. */
export function seenText(count: number, { connections, undecrypted }: ServerSummary): string {
  if (undecrypted === 0) return countText(count);
  return undecrypted === connections || count === 0 ? '?' : `≥ ${countText(count)}`;
}

/** `10.0 s (12 seen)`; `≥ 61.0 s` where idle connections were still answered and none was closed. */
export function idleTimeoutText(server: ServerSummary): string {
  if (server.idleTimeoutSeconds !== null) {
    return `${secondsText(server.idleTimeoutSeconds)} (${countText(server.idleTimeoutSamples)} seen)`;
  }
  return server.longestAnsweredIdleSeconds === null ? '-' : `≥ ${secondsText(server.longestAnsweredIdleSeconds)}`;
}
