/** What of an analysis a filter shows: findings, and servers where the filter speaks of servers. */
import type { Finding } from '../facts/finding.js';
import { packetNumberOf } from '../facts/packet-reference.js';
import type { Analysis, ServerSummary } from '../facts/summary.js';
import type { FieldName } from '../filter/fields.js';
import { type Filter, type FilterRow, matches } from '../filter/filter.js';
import { endpointText } from '../text/address.js';

/** Fields of a filter that a finding has; the others are of single connections. */
export const OF_FINDINGS: ReadonlySet<FieldName> = new Set([
  ...(['rule', 'sev', 'conf', 'finding', 'server', 'name', 'port'] as const),
  ...(['client', 'stream', 'packet'] as const),
]);
const OF_SERVERS: ReadonlySet<FieldName> = new Set(['server', 'name', 'port']);

/** The analysis as it is shown: nothing that was concluded changes. Ids of findings stay. */
export function filtered(analysis: Analysis, filter: Filter): Analysis {
  const ofServers: Filter = {
    terms: filter.terms.filter(({ fields }) => fields?.every((field) => OF_SERVERS.has(field)) === true),
  };
  return {
    ...analysis,
    findings: analysis.findings.filter((finding) => matches(filter, findingRow(finding))),
    servers: analysis.servers.filter((server) => matches(ofServers, serverRow(server))),
  };
}

function findingRow(finding: Finding): FilterRow {
  const { id, rule, severity, confidence, subject, evidence, title } = finding;
  const values: Partial<Record<FieldName, () => readonly (string | number)[]>> = {
    rule: () => [rule],
    sev: () => [severity],
    conf: () => [confidence],
    finding: () => [id],
    server: () => [endpointText(subject)],
    name: () => (subject.name === null ? [] : [subject.name]),
    port: () => [subject.port],
    client: () => evidence.map(({ client }) => endpointText(client)),
    stream: () => evidence.map(({ stream }) => stream),
    packet: () => evidence.flatMap(({ packets }) => packets.map(({ packet }) => packetNumberOf(packet))),
  };
  return {
    valuesOf: (field) => values[field]?.() ?? [],
    text: () => [id, rule, severity, confidence, endpointText(subject), subject.name ?? '', title].join(' '),
  };
}

function serverRow({ address, port, names }: ServerSummary): FilterRow {
  const endpoint = endpointText({ address, port });
  const values: Partial<Record<FieldName, readonly (string | number)[]>> = {
    server: [endpoint],
    name: names,
    port: [port],
  };
  return { valuesOf: (field) => values[field] ?? [], text: () => [endpoint, ...names].join(' ') };
}
