/** Reads the captures of a run and tallies one share of their connections: all of them, or a part for one of several workers. */
import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { CompareClocks } from '../capture/clock.js';
import { openCaptures } from '../capture/merge.js';
import { isRepeatable } from '../capture/open.js';
import type { PacketStream } from '../capture/packet-stream.js';
import { SingleCapture } from '../capture/single-capture.js';
import type { CaptureFacts } from '../facts/capture.js';
import type { Connection } from '../facts/connection.js';
import type { Rule } from '../rules/rule.js';
import type { Share } from '../tcp/share.js';
import { countText } from '../text/size.js';
import { DeferredTags } from '../tls/decryption/deferred-tags.js';
import { compareClocks } from './clocks/compare-clocks.js';
import type { DrillDown } from './drill-down.js';
import { KeySearch } from './key-search.js';
import { type Progress, readCaptures, settledOrAborted } from './read-captures.js';
import { Run } from './run.js';
import { RunTallies } from './run-tallies.js';
import type { Circumstances } from './share-result.js';

/** What to read, and whom to tell. */
export interface ShareReading {
  readonly files: readonly string[];
  readonly stdin?: Readable | undefined;
  readonly keyLogs: readonly string[];
  /** See pipeline/read-limits. */
  readonly maxUnpacked?: number | undefined;
  readonly rules: readonly Rule<unknown>[];
  readonly share: Share;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** See RunOptions (run.ts). */
  readonly exchangeBatch?: number | undefined;
  readonly onConnection?: ((connection: Connection, originEpochNs: bigint) => void) | undefined;
  readonly onSpentStream?: ((stream: number) => void) | undefined;
  readonly drillDown?: DrillDown | undefined;
  readonly pause?: (() => Promise<void> | null) | undefined;
  /** To read twice does no harm: nobody is told of anything, but of progress, before all is read. */
  readonly mayReadAgain?: boolean | undefined;
  /** Called whenever the reading can be held up; gives what was read so far. */
  readonly onTurn?: ((soFar: () => ShareRead) => void) | undefined;
}

/** What came of it. */
export interface ShareRead {
  readonly tallies: RunTallies;
  readonly circumstances: Circumstances;
}

/**
 * Reads to the end of the captures, or until the signal. Never rejects because of what they hold.
 *
 * Tags of TLS records are checked later where that is allowed; where one was wrong the captures are read again, with
 * each checked at once. What was read the first time stands if that cannot be: it was stopped, or other files stand
 * there now. Wrong in it are single records at most, whose plaintext was altered.
 */
export async function readShare(reading: ShareReading): Promise<ShareRead> {
  const { files, mayReadAgain = false, signal } = reading;
  if (!mayReadAgain || !files.every(isRepeatable)) return readOnce(reading);
  const tags = new DeferredTags();
  const before = filesAt(files);
  const read = await readOnce(reading, tags);
  tags.checkAll();
  const isGood = !tags.hasFailed || signal?.aborted === true || filesAt(files) !== before;
  return isGood ? read : readOnce(reading, undefined, true);
}

/** Which files the names lead to. */
function filesAt(names: readonly string[]): string {
  const numbers = names.map((name) => statSync(name, { throwIfNoEntry: false, bigint: true }));
  return numbers.map((status) => `${status?.dev} ${status?.ino}`).join();
}

/** @param tags What checks records later; without it each is checked as it is opened. */
async function readOnce(reading: ShareReading, tags?: DeferredTags, isAgain = false): Promise<ShareRead> {
  const { files, onConnection, share, signal, drillDown } = reading;
  const tallies = new RunTallies(reading.rules);
  const stream = await openedUnlessStopped(reading);
  const run = new Run(
    {
      connection(connection) {
        if (!connection.isImage) tallies.take(connection);
        drillDown?.note(connection);
        onConnection?.(connection, stream.originEpochNs ?? 0n);
      },
      evicted: () => tallies.evicted(),
      spent: (number) => reading.onSpentStream?.(number),
      name: (answer) => tallies.resolved(answer),
      presence: (sign) => tallies.present(sign),
      quic: (name, alpn) => tallies.quic(name, alpn),
    },
    {
      ...{ exchangeBatch: reading.exchangeBatch, share, deferredTags: tags },
      ...{ readsAhead: true, isOfSeveral: files.length > 1 },
    },
  );
  for (const text of reading.keyLogs) run.keyLog.add(text);
  const keySearch = new KeySearch(run.keyLog, files, signal, reading.maxUnpacked);
  let interrupted = false;
  const soFar = (): ShareRead => ({
    tallies,
    circumstances: {
      captures: captureFacts(stream, interrupted),
      errors: stream.errors.map(({ code, file, offset, reason }) => ({ code, file, offset, reason })),
      originEpochNs: stream.originEpochNs,
      durationNs: run.durationNs,
      unseenPackets: run.unseenPackets,
      keysGiven: run.keyLog.isEmpty ? (run.keyLog.wasGiven ? 'empty-log' : 'no-log') : 'keys',
      interrupted,
    },
  });
  try {
    interrupted = await readCaptures(stream, {
      name: files.length === 1 ? (files[0] ?? '') : `${files.length} captures`,
      onPacket: (packet) => {
        run.packet(packet);
        return keySearch.begin();
      },
      beforeFill: () => {
        run.catchUp();
        return keySearch.begin();
      },
      onKeyLog: (text) => run.addKeys(text),
      onProgress: reading.onProgress,
      pause: reading.pause,
      signal,
      isAgain,
      onTurn: (last) => {
        run.catchUp();
        const searching = keySearch.begin();
        drillDown?.turn(stream, last, run.keyLog);
        reading.onTurn?.(soFar);
        return searching;
      },
    });
    run.captureDrops = stream.facts().some(hasDrops);
    run.finish();
  } finally {
    stream.close();
  }
  if (share.index === 0) for (const { name, address } of stream.names) tallies.named(name, address);
  drillDown?.finish(stream, run.keyLog);
  return soFar();
}

/** The captures, opened; none where the user stops it before: a pipe may never bring its first byte. */
async function openedUnlessStopped({
  files,
  stdin,
  signal,
  drillDown,
  maxUnpacked,
  keyLogs,
}: ShareReading): Promise<PacketStream> {
  let opened: PacketStream | null = null;
  const compare: CompareClocks = (captures) => compareClocks(captures, { maxUnpacked, signal, keyLogs });
  const opening = openCaptures(files, stdin, drillDown?.spool, maxUnpacked, compare).then((stream) => {
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
    warnings: [
      ...capture.warnings,
      `reading was stopped after ${countText(capture.packets)} packets; the rest was not looked at`,
    ],
  }));
}
