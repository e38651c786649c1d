/**
 * takes: captures and options. gives: an analysis. may: use every stage. may not: decide what a stage decides.
 *
 * The one wiring of all stages, shared by the commands, the terminal and whoever uses pcapdx as a
 * library.
 */
import type { Readable } from 'node:stream';
import type { CaptureError } from '../capture/capture-error.js';
import { openCaptures } from '../capture/merge.js';
import type { PacketStream } from '../capture/packet-stream.js';
import { SingleCapture } from '../capture/single-capture.js';
import type { CaptureFacts } from '../facts/capture.js';
import type { Connection } from '../facts/connection.js';
import type { Analysis } from '../facts/summary.js';
import { LegTally } from '../findings/legs.js';
import { QuicNameTally } from '../findings/quic-names.js';
import { findingsOf } from '../findings/rank.js';
import { redactedFinding } from '../findings/redact.js';
import { UnseenTally } from '../findings/unseen.js';
import { RULES } from '../rules/index.js';
import type { Rule } from '../rules/rule.js';
import { RuleRun } from '../rules/rule-run.js';
import { nameAnswers, noteNameAnswer, noteQuicName } from '../rules/tally/name-answers.js';
import { NameTally } from '../rules/tally/name-table.js';
import { ServerTally } from '../rules/tally/server-tally.js';
import { Redaction } from '../text/redaction.js';
import type { DrillDown } from './drill-down.js';
import { Interim } from './interim.js';
import { KeySearch } from './key-search.js';
import { type Progress, readCaptures, settledOrAborted } from './read-captures.js';
import { Run } from './run.js';
import { saltOf } from './run-salt.js';

export interface AnalyzeOptions {
  /** Captures in the order the user named them; `-` is standard input. */
  readonly files: readonly string[];
  /** What `-` reads; `process.stdin` when absent. */
  readonly stdin?: Readable;
  /** Texts of TLS key logs (NSS format), beside those that stand in the captures. */
  readonly keyLogs?: readonly string[];
  /** Show secrets in findings: query strings, tokens. */
  readonly reveal?: boolean;
  /** Ids of the rules to run; all of them without it. */
  readonly rules?: readonly string[];
  /** Rules beside those of the catalogue. */
  readonly ownRules?: readonly Rule<unknown>[];
  /** Aborted: reading stops, and what was read is concluded from. */
  readonly signal?: AbortSignal;
  /** At most ten times a second. */
  readonly onProgress?: (progress: Progress) => void;
  /** Each connection as it ends, whole, with the epoch time of the run's first packet. Connections end in no order of theirs. */
  readonly onConnection?: (connection: Connection, originEpochNs: bigint) => void;
  /** The same in parts, with less memory: a connection of very many exchanges comes in batches, all but the last with `goesOn`. */
  readonly onPart?: (connection: Connection) => void;
  /** What can be concluded so far, every few seconds: nothing is said of connections that are still open. */
  readonly onInterim?: (analysis: Analysis) => void;
  /** Learns the way back to the packets of each connection. */
  readonly drillDown?: DrillDown;
  /** Each stream number that Wireshark spends on a segment which is only quoted; a connection may bear it later. */
  readonly onSpentStream?: (stream: number) => void;
  /** Asked now and then while captures are read: reading goes on when what it gives is settled; `null`: at once. */
  readonly pause?: () => Promise<void> | null;
}

export interface AnalysisResult {
  readonly analysis: Analysis;
  /** Captures that could not be opened, or are damaged: what was read of them is in the analysis. */
  readonly errors: readonly CaptureError[];
}

/** Reads the captures and concludes. Never rejects because of what they hold. */
export async function analyze(options: AnalyzeOptions): Promise<AnalysisResult> {
  const { files, onConnection, drillDown } = options;
  const rules = [...RULES, ...(options.ownRules ?? [])].filter((rule) => options.rules?.includes(rule.meta.id) ?? true);
  const ruleRun = new RuleRun(rules);
  const names = new NameTally();
  const answers = nameAnswers();
  const servers = new ServerTally();
  const unseen = new UnseenTally();
  const legs = new LegTally();
  const quicNames = new QuicNameTally();
  let connections = 0;
  let exchanges = 0;

  const stream = await openedUnlessStopped(options);
  const run = new Run(
    {
      connection(connection) {
        if (connection.exchangeOffset === 0) connections += 1;
        exchanges += connection.exchanges.length;
        ruleRun.inspect(connection);
        names.inspect(connection);
        servers.inspect(connection);
        unseen.inspect(connection);
        legs.inspect(connection);
        drillDown?.note(connection);
        options.onPart?.(connection);
        onConnection?.(connection, stream.originEpochNs ?? 0n);
      },
      evicted: () => unseen.evicted(),
      quic: (name, alpn) => {
        quicNames.add(name, alpn);
        if (name !== null) noteQuicName(answers, name);
      },
      spent: (number) => options.onSpentStream?.(number),
      name: ({ name, type, value, client, atNs, packet }) => {
        if (type !== 'A' && type !== 'AAAA') return;
        names.dns(name, value);
        noteNameAnswer(answers, { name, address: value, client, atNs, packet });
      },
    },
    { wholeConnections: onConnection !== undefined },
  );
  for (const text of options.keyLogs ?? []) run.keyLog.add(text);
  const keySearch = new KeySearch(run.keyLog, files, options.signal);
  const concluded = (interrupted: boolean): Analysis => {
    const captures = captureFacts(stream, interrupted);
    const { findings, failures } = ruleRun.conclude({
      names,
      nameAnswers: answers,
      servers,
      captures,
      reveal: options.reveal === true,
    });
    const redaction = new Redaction(options.reveal === true, () => saltOf(files));
    return {
      captures,
      originEpochNs: stream.originEpochNs,
      durationNs: run.durationNs,
      connections,
      exchanges,
      findings: findingsOf(findings).map((finding) => redactedFinding(finding, redaction)),
      servers: servers.conclude(names),
      unseen: { ...unseen.conclude(), quic: quicNames.conclude(), ...run.unseenPackets },
      keysGiven: run.keyLog.isEmpty ? (run.keyLog.wasGiven ? 'empty-log' : 'no-log') : 'keys',
      bothLegs: legs.conclude(),
      rules: rules.map((rule) => rule.meta.id),
      ruleFailures: failures,
      interrupted,
    };
  };
  const interim = options.onInterim && new Interim(() => concluded(false), options.onInterim);
  let interrupted = false;
  try {
    interrupted = await readCaptures(stream, {
      name: files.length === 1 ? (files[0] ?? '') : `${files.length} captures`,
      onPacket: (packet) => {
        run.packet(packet);
        return keySearch.begin();
      },
      onKeyLog: (text) => run.keyLog.add(text),
      onProgress: options.onProgress,
      pause: options.pause,
      signal: options.signal,
      ...(drillDown === undefined && interim === undefined
        ? {}
        : {
            onTurn: (last) => {
              drillDown?.turn(stream, last, run.keyLog);
              interim?.turn();
            },
          }),
    });
    run.captureDrops = stream.facts().some(hasDrops);
    run.finish();
  } finally {
    stream.close();
  }
  for (const { name, address } of stream.names) names.dns(name, address);
  drillDown?.finish(stream, run.keyLog);
  return { analysis: concluded(interrupted), errors: stream.errors };
}

/** The captures, opened; none where the user stops it before: a pipe may never bring its first byte. */
async function openedUnlessStopped({ files, stdin, signal, drillDown }: AnalyzeOptions): Promise<PacketStream> {
  let opened: PacketStream | null = null;
  const opening = openCaptures(files, stdin, drillDown?.spool).then((stream) => {
    opened = stream;
  });
  await settledOrAborted(opening, signal);
  return opened ?? new SingleCapture(null, [], []);
}

function hasDrops({ droppedPackets }: CaptureFacts): boolean {
  return droppedPackets !== null && droppedPackets > 0;
}

/** What is known of the captures; one that the user stopped says so. */
function captureFacts(stream: PacketStream, interrupted: boolean): readonly CaptureFacts[] {
  const facts = stream.facts();
  if (!interrupted) return facts;
  return facts.map((capture) => ({
    ...capture,
    warnings: [...capture.warnings, `reading was stopped after ${capture.packets} packets; the rest was not looked at`],
  }));
}
