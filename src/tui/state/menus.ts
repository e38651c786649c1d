/** What may be copied and exported from where one stands. */
import { captureIndexOf, packetNumberOf } from '../../facts/packet-reference.js';
import { groupKey } from '../../findings/group.js';
import { displayFilter, occurrenceFilter } from '../../report/display-filter.js';
import { fileWord } from '../../text/shell-word.js';
import { visible } from '../../text/visible.js';
import { findingInHand, streamInHand } from './choice.js';
import { curlCommand } from './curl.js';
import type { TuiData } from './data.js';
import type { ExportChoice } from './export-choice.js';
import { ladderFor, occurrenceOf } from './ladder-rows.js';
import { type Menu, type MenuEntry, menuOf } from './menu.js';
import { type TuiState, topOf } from './state.js';
import type { Surroundings } from './step.js';

/** The copy menu of the screen that is shown; `null`: there is nothing to copy. */
export function copyMenu(state: TuiState, { data, files }: Surroundings): Menu | null {
  const deeds: { key: string; label: string; what: string; text: string }[] = [];
  const filter = filterInHand(state, data);
  // What came through a pipe nobody can read again.
  const captures = files.includes('-') ? [] : files.map(fileWord);
  if (filter !== null) {
    deeds.push({ key: 'f', label: `display filter      ${filter}`, what: 'display filter', text: filter });
    const [capture, ...others] = captures;
    if (capture !== undefined && others.length === 0) {
      const text = `tshark -r ${capture} -Y '${filter}'`;
      deeds.push({ key: 't', label: `tshark line         ${text}`, what: 'tshark line', text });
    }
  }
  const numbers = packetNumbers(state, data);
  if (numbers !== null)
    deeds.push({ key: 'p', label: `packet numbers      ${numbers}`, what: 'packet numbers', text: numbers });
  const stream = streamInHand(state, data);
  const finding = findingInHand(state, data);
  const found = finding === null ? null : data.findingOf(finding);
  if (stream !== null && captures.length > 0) {
    const text = `pcapdx ladder ${captures.join(' ')} --stream ${stream}`;
    deeds.push({ key: 'l', label: `ladder command      ${text}`, what: 'ladder command', text });
  }
  const curl = curlInHand(state, data);
  if (curl !== null)
    deeds.push({ key: 'c', label: 'request as curl     (secrets left out)', what: 'request', text: curl });
  const hex = bytesInHand(state, data);
  if (hex !== null)
    deeds.push({ key: 'b', label: 'bytes as hex        (hidden ones left out)', what: 'bytes', text: hex });
  const entries: MenuEntry[] = deeds.map(({ key, label, what, text }) => ({
    key,
    label,
    deed: { kind: 'copy', what, text },
  }));
  if (found !== null) {
    const deed = { kind: 'copy-finding', finding: groupKey(found) } as const;
    entries.push({ key: 'M', label: `${found.id} as Markdown`, deed });
  }
  return entries.length === 0 ? null : menuOf('Copy', entries);
}

/** The export menu of the screen that is shown. */
export function exportMenu(state: TuiState, { data }: Surroundings): Menu | null {
  const choices: { key: string; label: string; choice: ExportChoice }[] = [];
  const add = (key: string, label: string, format: ExportChoice['format'], scope: ExportChoice['scope']) =>
    choices.push({ key, label, choice: { format, scope } });
  const finding = findingInHand(state, data);
  const found = finding === null ? null : data.findingOf(finding);
  if (found !== null) {
    add('m', `${found.id} as Markdown`, 'markdown', 'this');
    // Not j and k, which move.
    add('n', `${found.id} as JSON`, 'json', 'this');
    add('h', `${found.id} as HTML`, 'html', 'this');
    add('t', `${found.id} as text`, 'text', 'this');
    add('p', `${found.id}: its connections as pcapng`, 'pcapng', 'this');
  }
  const stream = streamInHand(state, data);
  if (stream !== null) add('c', `stream ${stream} as pcapng`, 'pcapng', 'connection');
  if (state.marks.size > 0) {
    add('1', `marked rows (${state.marks.size}) as Markdown`, 'markdown', 'marked');
    add('2', `marked rows (${state.marks.size}) as pcapng`, 'pcapng', 'marked');
  }
  if (data.analysis !== null) {
    add('M', 'all of the report as Markdown', 'markdown', 'all');
    add('N', 'all of the report as JSON', 'json', 'all');
    add('H', 'all of the report as HTML', 'html', 'all');
    add('T', 'all of the report as text', 'text', 'all');
    if (data.findings.length > 0) add('P', 'connections of all findings as pcapng', 'pcapng', 'all');
  }
  const entries = choices.map(
    ({ key, label, choice }): MenuEntry => ({ key, label, deed: { kind: 'export', choice } }),
  );
  return entries.length === 0 ? null : menuOf('Export', entries);
}

/** `front-F1.md`; of several captures `front-and-1-more-F1.md`. */
export function offeredName(choice: ExportChoice, state: TuiState, { data, files }: Surroundings): string {
  const base = (files[0] ?? 'capture').replace(/^.*[/\\]/, '').replace(/(?:\.(?:pcapng|pcap|cap|gz|zst))+$/i, '');
  const finding = findingInHand(state, data);
  const id = finding === null ? null : (data.findingOf(finding)?.id ?? null);
  const stream = streamInHand(state, data);
  const what = { this: id, connection: `stream-${stream}`, marked: 'marked', all: null }[choice.scope];
  const more = files.length > 1 ? `-and-${files.length - 1}-more` : '';
  const name = `${base === '-' || base === '' ? 'stdin' : visible(base)}${more}`;
  return `${name}${what === null ? (choice.format === 'pcapng' ? '-findings' : '-report') : `-${what}`}.${EXTENSIONS[choice.format]}`;
}

const EXTENSIONS: Readonly<Record<ExportChoice['format'], string>> = {
  markdown: 'md',
  json: 'json',
  html: 'html',
  text: 'txt',
  pcapng: 'pcapng',
};

/** What finds in Wireshark what is shown here. */
function filterInHand(state: TuiState, data: TuiData): string | null {
  const top = topOf(state);
  if (top.place === 'packet') return `frame.number == ${packetNumberOf(top.packet)}`;
  const captures = data.analysis?.captures.length ?? 1;
  const finding = findingInHand(state, data);
  const found = finding === null ? null : data.findingOf(finding);
  if (top.place === 'finding' && found !== null) {
    const evidence = found.evidence[top.list.cursor];
    return evidence === undefined ? null : occurrenceFilter(evidence, captures);
  }
  if ((top.place === 'overview' || top.place === 'findings') && found !== null) {
    const streams = [...new Set(found.evidence.map(({ stream }) => stream))];
    if (captures > 1) return found.evidence.map((evidence) => `(${displayFilter(evidence, captures)})`).join(' || ');
    return streams.length === 1 ? `tcp.stream eq ${streams[0]}` : `tcp.stream in {${streams.join(', ')}}`;
  }
  const stream = streamInHand(state, data);
  if (stream === null) return null;
  const row = data.index.rowOfStream(stream);
  if (captures <= 1 || row === null) return `tcp.stream eq ${stream}`;
  const { client, clientPort, server } = data.index.row(row);
  const at = server.lastIndexOf(':');
  const address = server.slice(0, at).replace(/^\[|\]$/g, '');
  const ends = {
    client: { address: client, port: clientPort },
    server: { address, port: Number(server.slice(at + 1)) },
  };
  return displayFilter({ stream, packets: [], ...ends }, captures);
}

/** The packets that prove what is shown. */
function packetNumbers(state: TuiState, data: TuiData): string | null {
  const top = topOf(state);
  if (top.place === 'packet') return String(packetNumberOf(top.packet));
  const evidence =
    top.place === 'ladder'
      ? occurrenceOf(top, data)
      : top.place === 'finding'
        ? (data.findingOf(top.finding)?.evidence[top.list.cursor] ?? null)
        : null;
  if (evidence === null) {
    const row = top.place === 'ladder' ? ladderFor(top, data, false)?.rows[top.list.cursor] : undefined;
    return row?.kind === 'message' ? String(packetNumberOf(row.packet)) : null;
  }
  const captures = data.analysis?.captures ?? [];
  return evidence.packets
    .map(({ packet }) => {
      const file = captures.length > 1 ? `${visible(captures[captureIndexOf(packet)]?.file ?? '')} ` : '';
      return `${file}${packetNumberOf(packet)}`;
    })
    .join(' ');
}

/** The request under the cursor, without anything that may be a secret. */
function curlInHand(state: TuiState, data: TuiData): string | null {
  const top = topOf(state);
  if (top.place !== 'ladder' && top.place !== 'packet') return null;
  const loaded = data.conversation(top.stream);
  if (loaded?.state !== 'here') return null;
  const row = top.place === 'ladder' ? ladderFor(top, data, false)?.rows[top.list.cursor] : undefined;
  const packet = top.place === 'packet' ? top.packet : row?.kind === 'message' ? row.packet : null;
  const { connection } = loaded.value;
  const exchange = connection.exchanges.find(({ request }) => request !== null && request.firstPacket === packet);
  if (exchange === undefined || exchange.request === null) return null;
  return curlCommand(exchange.request, connection);
}

function bytesInHand(state: TuiState, data: TuiData): string | null {
  const top = topOf(state);
  if (top.place !== 'packet') return null;
  const loaded = data.packet(top.packet);
  if (loaded?.state !== 'here') return null;
  const { bytes, hidden } = loaded.value;
  const shown = Buffer.from(bytes);
  if (!state.givesSecrets) for (const { start, end } of hidden) shown.fill(0, start, end);
  return shown.toString('hex');
}
