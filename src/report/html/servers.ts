import type { ServerSummary } from '../../facts/summary.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { idleTimeoutText, seenText } from '../servers-text.js';
import { xmlText } from '../xml.js';
import { idleClosePlot } from './plots.js';

/** Servers listed, and those whose closes are drawn. */
const MAX_ROWS = 200;
const MAX_PLOTS = 24;

/** The servers as a table, and when those that close idle connections do so. */
export function serversSection(servers: readonly ServerSummary[]): string {
  if (servers.length === 0) return '';
  const rows = servers.slice(0, MAX_ROWS).map((server) => {
    const { timeToFirstByte } = server;
    const first = timeToFirstByte === null ? '' : durationText(timeToFirstByte.p50Seconds * 1e9);
    return (
      `<tr><th scope="row">${xmlText(endpointText(server))}</th><td class="names">${xmlText(server.names.map(visible).join(', '))}</td>` +
      [
        countText(server.connections),
        seenText(server.requests, server),
        seenText(server.serverErrors, server),
        countText(server.resets),
      ]
        .map((count) => `<td class="figure">${count}</td>`)
        .join('') +
      `<td>${xmlText(idleTimeoutText(server))}</td><td class="figure">${first}</td></tr>`
    );
  });
  const heads = ['server', 'name', 'connections', 'requests', '5xx', 'RST', 'idle timeout', 'first byte (median)'].map(
    (title, at) => `<th scope="col"${(at > 1 && at < 6) || at === 7 ? ' class="figure"' : ''}>${title}</th>`,
  );
  const more = servers.length - rows.length;
  const plots = servers
    .slice(0, MAX_ROWS)
    .map((server) => {
      const name = endpointText(server);
      const plot = idleClosePlot(server.idleCloseSeconds, server.idleTimeoutSeconds, name);
      const untold = server.idleTimeoutSeconds === null ? '; no one timer explains it' : '';
      return plot === ''
        ? ''
        : `<figure><figcaption><strong>${xmlText(name)}</strong> closes idle connections after${untold}</figcaption>${plot}</figure>`;
    })
    .filter((plot) => plot !== '')
    .slice(0, MAX_PLOTS);
  return (
    '<section aria-labelledby="servers-title"><h2 id="servers-title">Servers</h2>' +
    '<div class="scroll" tabindex="0" role="region" aria-label="table of servers">' +
    `<table><thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>` +
    `${more > 0 ? `<p class="dim">… ${countText(more)} more</p>` : ''}` +
    `${plots.length > 0 ? `<div class="servers">${plots.join('')}</div>` : ''}</section>`
  );
}
