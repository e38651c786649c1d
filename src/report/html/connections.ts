/** The connections of the page: the first hundred as a table, all that are kept as data for its script. */
import type { Finding } from '../../facts/finding.js';
import type { ConnectionSummary, Overview } from '../../facts/overview.js';
import { durationText } from '../../text/duration.js';
import { UNSALTED } from '../../text/redaction.js';
import { byteText, countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { xmlText } from '../xml.js';
import { scriptData } from './script-data.js';

/** Rows of the table before any script has run. */
const STATIC_ROWS = 100;

const COLUMNS = [
  'stream',
  'start',
  'client',
  'server',
  'name',
  'proto',
  'requests',
  'status',
  'close',
  'bytes',
  'finding',
];
const FIGURES: ReadonlySet<string> = new Set(['stream', 'start', 'requests', 'status', 'bytes']);
const PROTOCOLS = ['http/1.1', 'h2', 'websocket', 'tls', 'unknown'];

/** The section, and the data that belongs to it; nothing where no connections were kept. */
export function connectionsSection(
  overview: Overview,
  findings: readonly Finding[],
  total: number,
  reveal: boolean,
): string {
  if (overview.connections.length === 0) return '';
  const ids = idsByStream(findings);
  const values = overview.connections.map((connection) => valuesOf(connection, ids, reveal));
  const texts = overview.connections.map(
    ({ startNs, bytes }) => [`+${durationText(startNs)}`, byteText(bytes)] as const,
  );
  const heads = COLUMNS.map((column) => {
    const figure = FIGURES.has(column) ? ' class="figure"' : '';
    const sort = column === 'stream' ? ' aria-sort="ascending"' : '';
    return `<th scope="col"${figure}${sort}><button type="button" data-sort="${column}">${column}</button></th>`;
  });
  const rows = values.slice(0, STATIC_ROWS).map((row, index) => {
    const cells = row.map((value, at) => {
      const column = COLUMNS[at] ?? '';
      const [start, bytes] = texts[index] ?? ['', ''];
      const text = column === 'start' ? start : column === 'bytes' ? bytes : String(value);
      const figure = FIGURES.has(column) ? ' class="figure"' : '';
      return at === 0 ? `<th scope="row"${figure}>${text}</th>` : `<td${figure}>${xmlText(text)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const findingOptions = findings.map(({ id }) => `<option>${id}</option>`).join('');
  const protocolOptions = PROTOCOLS.map((protocol) => `<option>${protocol}</option>`).join('');
  const left = overview.leftOut > 0 ? ` (${countText(overview.leftOut)} are not in this page)` : '';
  return (
    '<section aria-labelledby="connections-title"><h2 id="connections-title">Connections</h2>' +
    '<div class="controls" id="connections-controls" hidden><label>Filter<input id="filter" type="search" spellcheck="false" placeholder="status:5xx server:10.0.1.43 -close:fin" autocomplete="off"></label>' +
    `<label>Finding<select id="filter-finding"><option value="">all</option>${findingOptions}</select></label>` +
    `<label>Protocol<select id="filter-proto"><option value="">all</option>${protocolOptions}</select></label></div>` +
    `<p class="dim" id="connections-count" role="status">${countText(total)} connections${left}; the first ${countText(rows.length)} of those kept:</p>` +
    '<div class="scroll" tabindex="0" role="region" aria-label="table of connections">' +
    `<table id="connections"><thead><tr>${heads.join('')}</tr></thead><tbody id="connections-body">${rows.join('')}</tbody></table></div>` +
    '<button type="button" id="connections-more" hidden>Show more</button></section>' +
    scriptData('connections-data', { rows: values, texts, total, leftOut: overview.leftOut })
  );
}

function valuesOf(
  connection: ConnectionSummary,
  ids: ReadonlyMap<number, readonly string[]>,
  reveal: boolean,
): readonly (string | number)[] {
  const { stream, startNs, client, server, name, protocol, requests, unanswered, worstStatus, close, resetBy, bytes } =
    connection;
  const shownName = name === null ? '' : visible(reveal ? name : UNSALTED.authority(name));
  const closed = close === 'rst' ? `rst ${resetBy ?? ''}`.trim() : close;
  return [
    stream,
    startNs,
    client,
    server,
    shownName,
    protocol,
    requests ?? '?',
    worstStatus === null || worstStatus === 0 ? '' : worstStatus,
    unanswered > 0 ? `${closed}, no answer` : closed,
    bytes,
    (ids.get(stream) ?? []).join(' '),
  ];
}

/** Findings by the connections of their evidence. */
function idsByStream(findings: readonly Finding[]): ReadonlyMap<number, readonly string[]> {
  const ids = new Map<number, string[]>();
  for (const { id, evidence } of findings) {
    for (const { stream } of evidence) {
      const known = ids.get(stream) ?? [];
      if (!known.includes(id)) known.push(id);
      ids.set(stream, known);
    }
  }
  return ids;
}
