import type { CaptureFacts, ClockFacts } from '../facts/capture.js';
import type { Evidence, Finding, Severity } from '../facts/finding.js';
import { captureIndexOf, packetNumberOf } from '../facts/packet-reference.js';
import type { Analysis, ServerSummary } from '../facts/summary.js';
import { epochAt, instantText } from '../text/instant.js';
import { visible, visibleDeep } from '../text/visible.js';
import { displayFilter } from './display-filter.js';
import { logsDocument } from './logs-document.js';
import type { ReportInput } from './report-input.js';
import type { FindingDocument, ReportDocument } from './schema.js';

/** Occurrences per finding unless told otherwise. */
export const JSON_OCCURRENCES = 20;

/** The version of the contract (schema.ts holds the same figure, which is too heavy to load for it). */
const SCHEMA_VERSION = 1;

/** The report as JSON text, indented, ended by a newline: equal input gives equal bytes. */
export function jsonReport(input: ReportInput): string {
  return `${JSON.stringify(reportDocument(input), null, 2)}\n`;
}

/** The findings as NDJSON, a line each, in order of rank: what is too much to hold at once can be read line by line. */
export function* findingLines(input: ReportInput): Generator<string> {
  const captures = input.analysis.captures.map(({ file }) => visible(file));
  for (const finding of input.analysis.findings) {
    const line: FindingDocument = {
      ...findingDocument(finding, input),
      captures,
      ...(input.reveal ? { reveal: true } : {}),
    };
    yield `${JSON.stringify(line)}\n`;
  }
}

/** The contract's report document, fields in the contract's order. */
export function reportDocument(input: ReportInput): ReportDocument {
  const { analysis } = input;
  const { unseen } = analysis;
  return {
    schemaVersion: SCHEMA_VERSION,
    tool: { name: 'pcapdx', version: input.version },
    reveal: input.reveal,
    interrupted: analysis.interrupted,
    ...(input.filter === null ? {} : { filter: { ...input.filter, expression: visible(input.filter.expression) } }),
    captures: analysis.captures.map(captureOf),
    errors: input.errors.map(({ file, code, offset, reason }) => ({
      file: visible(file),
      code,
      offset,
      reason: visible(reason),
    })),
    summary: {
      connections: analysis.connections,
      exchanges: analysis.exchanges,
      findings: {
        critical: countOf(analysis, 'critical'),
        warning: countOf(analysis, 'warning'),
        notice: countOf(analysis, 'notice'),
      },
    },
    findings: analysis.findings.map((finding) => findingDocument(finding, input)),
    servers: analysis.servers.map(serverOf),
    unseen: {
      legsBehind: unseen.legsBehind.map(({ address, port, statuses, first }) => ({
        ...{ address, port, statuses: statuses.map((each) => ({ ...each })) },
        first: { capture: captureIndexOf(first), number: packetNumberOf(first) },
      })),
      midStream: unseen.midStream,
      encrypted: unseen.encrypted,
      tls: { ...unseen.tls, undecrypted: unseen.tls.undecrypted.map((each) => ({ ...each })) },
      quic: {
        connections: unseen.quic.connections,
        names: unseen.quic.names.map(({ name, connections, alpn }) => ({
          name: visible(name),
          connections,
          alpn: alpn.map(visible),
        })),
      },
      oneSided: unseen.oneSided,
      unread: unseen.unread,
      withLostBytes: unseen.withLostBytes,
      snapped: unseen.snapped,
      openAtEnd: unseen.openAtEnd,
      evicted: unseen.evicted,
      latePackets: unseen.latePackets,
      malformedHeaders: [...unseen.malformedHeaders],
      unknownLinkTypes: unseen.unknownLinkTypes.map(({ name, packets }) => ({ name: visible(name), packets })),
    },
    rules: [...analysis.rules],
    ruleFailures: analysis.ruleFailures.map(({ rule, message }) => ({ rule, message: visible(message) })),
    ...(input.logs === undefined ? {} : { logs: logsDocument(input.logs, analysis.originEpochNs ?? 0n) }),
    ...(input.part === undefined ? {} : { part: partDocument(input.part) }),
  };
}

function partDocument({ share, rules, kept }: NonNullable<ReportInput['part']>): NonNullable<ReportDocument['part']> {
  return { share: { index: share.index + 1, count: share.count }, rules: [...rules], kept };
}

/** How many findings of one severity there are. */
function countOf(analysis: Analysis, severity: Severity): number {
  return analysis.findings.filter((finding) => finding.severity === severity).length;
}

function clockOf(clock: ClockFacts): NonNullable<ReportDocument['captures'][number]['clock']> {
  const { aheadSeconds, aheadNanoseconds, drift, reference, by, count, withinNs } = clock;
  return {
    // To the nanosecond: the sum of the two has more digits than either.
    aheadSeconds: Number((aheadSeconds + aheadNanoseconds / 1e9).toFixed(9)),
    driftPpm: drift * 1e6,
    reference,
    by,
    count,
    withinSeconds: withinNs / 1e9,
  };
}

function captureOf(capture: CaptureFacts): ReportDocument['captures'][number] {
  const { startEpochNs, endEpochNs } = capture;
  return {
    file: visible(capture.file),
    format: capture.format,
    linkTypes: capture.linkTypes.map(visible),
    packets: capture.packets,
    bytes: capture.bytes,
    start: startEpochNs === null ? null : instantText(startEpochNs),
    durationSeconds: startEpochNs === null || endEpochNs === null ? 0 : Number(endEpochNs - startEpochNs) / 1e9,
    droppedPackets: capture.droppedPackets,
    snappedPackets: capture.snappedPackets,
    ...(capture.clock === null ? {} : { clock: clockOf(capture.clock) }),
    ...(capture.timedBy === null ? {} : { timedBy: capture.timedBy }),
    warnings: capture.warnings.map(visible),
  };
}

/** A finding as the contract has it. */
function findingDocument(finding: Finding, input: ReportInput): FindingDocument {
  const { captures, originEpochNs } = input.analysis;
  const origin = originEpochNs ?? 0n;
  const { subject } = finding;
  return {
    id: finding.id,
    rule: finding.rule,
    ...(finding.consequenceOf === undefined ? {} : { consequenceOf: finding.consequenceOf }),
    severity: finding.severity,
    confidence: finding.confidence,
    title: visible(finding.title),
    summary: visible(finding.summary),
    subject: {
      address: subject.address,
      port: subject.port,
      name: subject.name === null ? null : visible(subject.name),
    },
    occurrences: finding.occurrences,
    firstSeen: instantText(epochAt(origin, finding.firstSeenNs)),
    lastSeen: instantText(epochAt(origin, finding.lastSeenNs)),
    facts: factsOf(finding),
    evidence: finding.evidence
      .slice(0, input.maxOccurrences ?? JSON_OCCURRENCES)
      .flatMap((occurrence) => evidenceOf(occurrence, origin, captures.length)),
    hypotheses: finding.hypotheses.map(({ cause, verdict, because }) => ({
      cause,
      verdict,
      because: visible(because),
    })),
    remedies: finding.remedies.map(({ component, text, config }) => ({
      component,
      text: visible(text),
      config: config === null ? null : visibleLines(config),
    })),
    references: finding.references.map(({ title, url }) => ({ title, url })),
  };
}

/** The rule's own figures; strings among them may be captured text. */
function factsOf(finding: Finding): Record<string, unknown> {
  return Object.fromEntries(Object.entries(finding.facts).map(([name, value]) => [name, visibleDeep(value)]));
}

/** One item per capture that holds packets of the occurrence. */
function evidenceOf(occurrence: Evidence, origin: bigint, captures: number): FindingDocument['evidence'] {
  const items = new Map<number, FindingDocument['evidence'][number]>();
  for (const { packet, atNs, note, elsewhere } of occurrence.packets) {
    const index = captureIndexOf(packet);
    let item = items.get(index);
    if (item === undefined) {
      item = {
        capture: index,
        stream: occurrence.stream,
        displayFilter: displayFilter(occurrence, captures),
        packets: [],
      };
      items.set(index, item);
    }
    item.packets.push({
      number: packetNumberOf(packet),
      time: instantText(epochAt(origin, atNs)),
      note: visible(note),
      ...(elsewhere === true ? { elsewhere } : {}),
    });
  }
  return [...items.values()];
}

function serverOf(server: ServerSummary): ReportDocument['servers'][number] {
  return {
    address: server.address,
    port: server.port,
    names: server.names.map(visible),
    connections: server.connections,
    exchanges: server.exchanges,
    requests: server.requests,
    serverErrors: server.serverErrors,
    resets: server.resets,
    idleTimeoutSeconds: server.idleTimeoutSeconds,
    idleTimeoutSamples: server.idleTimeoutSamples,
    longestAnsweredIdleSeconds: server.longestAnsweredIdleSeconds,
    statuses: server.statuses.map((each) => ({ ...each })),
    requestTimeoutSeconds: server.requestTimeoutSeconds,
    requestTimeoutSamples: server.requestTimeoutSamples,
    roundTripToServerSeconds: server.roundTripToServerSeconds,
    roundTripToClientsSeconds: server.roundTripToClientsSeconds,
    timeToFirstByte: server.timeToFirstByte === null ? null : { ...server.timeToFirstByte },
  };
}

/** Lines to paste keep their line ends. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
