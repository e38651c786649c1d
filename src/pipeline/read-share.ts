/** Reads the captures of a run and tallies one share of their connections: all of them, or a part for one of several workers. */
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
  /** Called whenever the reading can be held up; gives what was read so far. */
  readonly onTurn?: ((soFar: () => ShareRead) => void) | undefined;
}

/** What came of it. */
export interface ShareRead {
  readonly tallies: RunTallies;
  readonly circumstances: Circumstances;
}

/** Reads to the end of the captures, or until the signal. Never rejects because of what they hold. */
export async function readShare(reading: ShareReading): Promise<ShareRead> {
  const tags = canBeReadAgain(reading) ? new DeferredTags() : null;
  const read = await readOnce(reading, tags);
  if (tags === null) return read;
  tags.checkAll();
  return tags.hasFailed ? readOnce(reading, null) : read;
}

/** Whether a second reading gives the same, and nobody was told of the first one yet. */
function canBeReadAgain({ files, onConnection, onSpentStream, drillDown, pause, onTurn }: ShareReading): boolean {
  const onlookers = [onConnection, onSpentStream, drillDown, pause, onTurn];
  return onlookers.every((onlooker) => onlooker === undefined) && files.every(isRepeatable);
}

/** @param tags What checks records later, many at once; `null`: each is checked as it is opened. */
async function readOnce(reading: ShareReading, tags: DeferredTags | null): Promise<ShareRead> {
  const { files, onConnection, share, signal, drillDown } = reading;
  const tallies = new RunTallies(reading.rules);
  const stream = await openedUnlessStopped(reading);
  const run = new Run(
    {
      connection(connection) {
        tallies.inspect(connection);
        drillDown?.note(connection);
        onConnection?.(connection, stream.originEpochNs ?? 0n);
      },
      evicted: () => tallies.evicted(),
      spent: (number) => reading.onSpentStream?.(number),
      name: (answer) => tallies.resolved(answer),
      presence: (sign) => tallies.present(sign),
      quic: (name, alpn) => tallies.quic(name, alpn),
    },
    { exchangeBatch: reading.exchangeBatch, share },
  );
  run.keyLog.deferredTags = tags;
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
      onKeyLog: (text) => run.keyLog.add(text),
      onProgress: reading.onProgress,
      pause: reading.pause,
      signal,
      onTurn: (last) => {
        drillDown?.turn(stream, last, run.keyLog);
        reading.onTurn?.(soFar);
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
    warnings: [...capture.warnings, `reading was stopped after ${capture.packets} packets; the rest was not looked at`],
  }));
}
