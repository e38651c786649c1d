import type { ServerSummary } from '../facts/summary.js';
import { endpointText } from '../text/address.js';
import { secondsText } from '../text/duration.js';
import { countText } from '../text/size.js';
import { visible } from '../text/visible.js';
import type { Page } from './page.js';
import { type Column, tableLines } from './table.js';

/** Servers listed: the most telling ones stand first, and a fleet does not fit a ticket. */
export const MAX_SERVERS = 10;

const COLUMNS: readonly Column[] = [
  { title: 'server', align: 'left', shrinksTo: 21 },
  { title: 'name', align: 'left', shrinksTo: 8 },
  { title: 'connections', align: 'right' },
  { title: 'requests', align: 'right' },
  { title: '5xx', align: 'right' },
  { title: 'RST', align: 'right' },
  { title: 'idle timeout', align: 'left' },
];
/** A name gives way before an address does. */
const SHRINKING = [1, 0];

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
    countText(server.exchanges),
    countText(server.serverErrors),
    countText(server.resets),
    idleTimeoutText(server),
  ]);
  for (const line of tableLines(COLUMNS, rows, page.style, 2, SHRINKING)) page.line(line);
  if (servers.length > shown.length) page.prose(`… ${countText(servers.length - shown.length)} more`, 2);
}

/** `10.0 s (12 seen)`; `≥ 61.0 s` where idle connections were still answered and none was closed. */
function idleTimeoutText(server: ServerSummary): string {
  if (server.idleTimeoutSeconds !== null) {
    return `${secondsText(server.idleTimeoutSeconds)} (${countText(server.idleTimeoutSamples)} seen)`;
  }
  return server.longestAnsweredIdleSeconds === null ? '-' : `≥ ${secondsText(server.longestAnsweredIdleSeconds)}`;
}
