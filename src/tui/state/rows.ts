/** The rows of the short lists: findings and servers, filtered and in order. */
import { CONFIDENCES, type Finding } from '../../facts/finding.js';
import type { ServerSummary } from '../../facts/summary.js';
import type { FieldName } from '../../filter/fields.js';
import { type FilterRow, matches } from '../../filter/filter.js';
import { endpointText } from '../../text/address.js';
import { compareText } from '../../text/order.js';
import type { TuiData } from './data.js';
import type { FindingsLevel, ServersLevel } from './state.js';

/** Columns by which findings may be in order; the first is the rank that they come in. */
export const FINDING_SORTS = ['severity', 'rule', 'server', 'times', 'first', 'confidence'] as const;
/** Columns by which servers can be put in order. */
export const SERVER_SORTS = ['conns', 'server', 'name', 'reqs', '5xx', 'RST', 'idle', 'first byte'] as const;

/** The findings that a level shows. */
export function findingRows(
  { filter, sort, isReversed }: FindingsLevel,
  data: TuiData,
  marks: ReadonlySet<string>,
): readonly Finding[] {
  const rows = data.findings.filter((finding) => matches(filter.filter, new FindingRow(finding, marks)));
  return inOrder(rows, FINDING_ORDERS[sort] ?? (() => 0), isReversed);
}

const FINDING_ORDERS: Readonly<Record<string, (one: Finding, other: Finding) => number>> = {
  severity: () => 0,
  rule: (one, other) => compareText(one.rule, other.rule),
  server: (one, other) => compareText(endpointText(one.subject), endpointText(other.subject)),
  times: (one, other) => other.occurrences - one.occurrences,
  first: (one, other) => one.firstSeenNs - other.firstSeenNs,
  confidence: (one, other) => CONFIDENCES.indexOf(one.confidence) - CONFIDENCES.indexOf(other.confidence),
};

/** The servers that a level shows. */
export function serverRows({ filter, sort, isReversed }: ServersLevel, data: TuiData): readonly ServerSummary[] {
  const servers = data.analysis?.servers ?? [];
  const rows = servers.filter((server) => matches(filter.filter, new ServerRow(server)));
  return inOrder(rows, SERVER_ORDERS[sort] ?? (() => 0), isReversed);
}

const SERVER_ORDERS: Readonly<Record<string, (one: ServerSummary, other: ServerSummary) => number>> = {
  conns: (one, other) => other.connections - one.connections,
  server: (one, other) => compareText(endpointText(one), endpointText(other)),
  name: (one, other) => compareText(one.names[0] ?? '', other.names[0] ?? ''),
  reqs: (one, other) => other.requests - one.requests,
  '5xx': (one, other) => other.serverErrors - one.serverErrors,
  RST: (one, other) => other.resets - one.resets,
  idle: (one, other) =>
    (one.idleTimeoutSeconds ?? Number.POSITIVE_INFINITY) - (other.idleTimeoutSeconds ?? Number.POSITIVE_INFINITY),
  'first byte': (one, other) => (other.timeToFirstByte?.p50Seconds ?? -1) - (one.timeToFirstByte?.p50Seconds ?? -1),
};

/** Equal ones stay as they came. */
function inOrder<T>(rows: readonly T[], compare: (one: T, other: T) => number, isReversed: boolean): readonly T[] {
  const sorted = [...rows].sort(compare);
  return isReversed ? sorted.reverse() : sorted;
}

const NO_VALUES: readonly (string | number)[] = [];

/** A finding as a filter sees it. */
class FindingRow implements FilterRow {
  constructor(
    private readonly finding: Finding,
    private readonly marks: ReadonlySet<string>,
  ) {}

  valuesOf(field: FieldName): readonly (string | number)[] {
    const { id, rule, severity, confidence, subject, evidence, occurrences } = this.finding;
    switch (field) {
      case 'rule':
        return [rule];
      case 'sev':
        return [severity];
      case 'conf':
        return [confidence];
      case 'finding':
        return [id];
      case 'server':
        return [endpointText(subject)];
      case 'client':
        return evidence.map(({ client }) => endpointText(client));
      case 'port':
        return [subject.port];
      case 'name':
        return subject.name === null ? NO_VALUES : [subject.name];
      case 'stream':
        return evidence.map(({ stream }) => stream);
      case 'packet':
        return evidence.flatMap(({ packets }) => packets.map(({ packet }) => packet));
      case 'requests':
        return [occurrences];
      case 'marked':
        return [this.marks.has(id) ? 'yes' : 'no'];
      default:
        return NO_VALUES;
    }
  }

  text(): string {
    const { id, rule, title, summary, subject } = this.finding;
    return [id, rule, title, summary, endpointText(subject), subject.name ?? ''].join(' ');
  }
}

/** A server as a filter sees it. */
class ServerRow implements FilterRow {
  constructor(private readonly server: ServerSummary) {}

  valuesOf(field: FieldName): readonly (string | number)[] {
    const { server } = this;
    switch (field) {
      case 'server':
        return [endpointText(server)];
      case 'port':
        return [server.port];
      case 'name':
        return server.names;
      case 'status':
        return server.statuses.map(({ status }) => status);
      case 'requests':
        return [server.requests];
      case 'idle':
        return server.idleTimeoutSeconds === null ? NO_VALUES : [server.idleTimeoutSeconds * 1e9];
      case 'ttfb':
        return server.timeToFirstByte === null ? NO_VALUES : [server.timeToFirstByte.p50Seconds * 1e9];
      default:
        return NO_VALUES;
    }
  }

  text(): string {
    return [endpointText(this.server), ...this.server.names].join(' ');
  }
}
