/** Which connections a command is about: those that `--stream` numbers, or those of a finding. */
import type { Evidence } from '../facts/finding.js';
import type { PacketReference } from '../facts/packet-reference.js';
import type { Analysis } from '../facts/summary.js';
import { visible } from '../text/visible.js';
import { UsageError } from './exit-code.js';

/** Flags that choose connections. */
export interface ChoiceFlags {
  readonly stream?: readonly number[];
  readonly finding?: string;
}

/** Connections, and what the findings say of their packets. */
export interface ChosenStreams {
  readonly streams: readonly number[];
  readonly notes: ReadonlyMap<PacketReference, string>;
  /** Host name of the server, where a finding names one. */
  readonly serverName: string | null;
}

/** @throws {UsageError} where both flags are given, or a number that none of a finding's occurrences is meant by */
export function checkChoice({ stream, finding }: ChoiceFlags, occurrence: number | undefined): void {
  if (stream === undefined) return;
  if (finding !== undefined) throw new UsageError('--stream and --finding exclude each other');
  if (occurrence !== undefined) throw new UsageError('--occurrence goes with --finding, not with --stream');
}

/**
 * Without either flag the first finding is meant, and where nothing was found the first connection.
 *
 * @param occurrence Which occurrence of the finding, from 1; `undefined`: all that are kept.
 * @throws {UsageError} where there is no such finding, occurrence or connection
 */
export function chosenStreams(
  flags: ChoiceFlags,
  occurrence: number | undefined,
  analysis: Analysis,
  hasStream: (stream: number) => boolean,
): ChosenStreams {
  const isOpen = flags.stream === undefined && flags.finding === undefined;
  const id = isOpen ? analysis.findings[0]?.id : flags.finding;
  if (id === undefined) {
    const streams = flags.stream ?? [0];
    const missing = streams.find((number) => !hasStream(number));
    if (missing !== undefined)
      throw new UsageError(
        isOpen ? 'there is no TCP connection in it' : `--stream ${missing}: there is no such connection`,
      );
    const evidence = analysis.findings.flatMap((finding) => finding.evidence.filter(isOf(streams)));
    const subject = analysis.findings.find((finding) => finding.evidence.some(isOf(streams)))?.subject;
    return { streams, notes: notesOf(evidence), serverName: subject?.name ?? null };
  }
  const finding = analysis.findings.find((known) => known.id === id.toUpperCase());
  if (finding === undefined) {
    const last = analysis.findings.at(-1)?.id;
    const known =
      last === undefined ? 'nothing was found' : last === 'F1' ? 'there is only F1' : `there are F1 to ${last}`;
    throw new UsageError(`--finding ${visible(id)}: ${known}`);
  }
  const { evidence } = finding;
  if (occurrence !== undefined && occurrence > evidence.length) {
    throw new UsageError(`--occurrence ${occurrence}: of ${finding.id} 1 to ${evidence.length} are kept`);
  }
  const chosen = occurrence === undefined ? evidence : evidence.slice(occurrence - 1, occurrence);
  const streams = [...new Set(chosen.map((each) => each.stream))];
  return { streams, notes: notesOf(chosen), serverName: finding.subject.name };
}

function isOf(streams: readonly number[]): (evidence: Evidence) => boolean {
  return ({ stream }) => streams.includes(stream);
}

function notesOf(evidence: readonly Evidence[]): ReadonlyMap<PacketReference, string> {
  return new Map(evidence.flatMap(({ packets }) => packets.map(({ packet, note }) => [packet, note] as const)));
}
