/** What comes of reading a share: put together with the other shares, it is the analysis of the whole. */
import { CaptureError, type CaptureErrorCode } from '../capture/capture-error.js';
import type { CaptureFacts } from '../facts/capture.js';
import type { Analysis, KeysGiven, Unseen } from '../facts/summary.js';
import { findingsOf } from '../findings/rank.js';
import { redactedFinding } from '../findings/redact.js';
import type { Rule } from '../rules/rule.js';
import { fileNameText, Redaction } from '../text/redaction.js';
import { apartNote, clockNote } from './clocks/clock-note.js';
import type { RunSeen, RunTallies } from './run-tallies.js';

/** A capture, or the rest of one, that could not be read. */
export interface ReadError {
  readonly code: CaptureErrorCode;
  readonly file: string;
  readonly offset: number | null;
  readonly reason: string;
}

/** What is known of a run beside its connections: plain data, and but for {@link Unseen.latePackets} and the keys the same in every share. */
export interface Circumstances {
  readonly captures: readonly CaptureFacts[];
  readonly errors: readonly ReadError[];
  /** Epoch nanoseconds of the run's first packet; `null` without packets. */
  readonly originEpochNs: bigint | null;
  readonly durationNs: number;
  readonly unseenPackets: Pick<Unseen, 'latePackets' | 'malformedHeaders' | 'unknownLinkTypes'>;
  readonly keysGiven: KeysGiven;
  readonly interrupted: boolean;
}

/** A share as it travels: plain data. */
export interface ShareResult {
  readonly seen: RunSeen;
  readonly circumstances: Circumstances;
}

const KEYS: readonly KeysGiven[] = ['no-log', 'empty-log', 'keys'];

/** The circumstances of two shares of one run. */
export function mergedCircumstances(one: Circumstances, other: Circumstances): Circumstances {
  return {
    ...one,
    unseenPackets: {
      ...one.unseenPackets,
      // Each share counts those of its own connections.
      latePackets: one.unseenPackets.latePackets + other.unseenPackets.latePackets,
    },
    // Keys that stand behind the packets are looked for when they are first missed, which not every share does.
    keysGiven: KEYS[Math.max(KEYS.indexOf(one.keysGiven), KEYS.indexOf(other.keysGiven))] ?? one.keysGiven,
    interrupted: one.interrupted || other.interrupted,
  };
}

/** How the analysis is to be made. */
export interface Concluding {
  readonly rules: readonly Rule<unknown>[];
  /** Show secrets in findings: query strings, tokens. */
  readonly reveal: boolean;
  /** Of the hashes that stand for what is not shown (run-salt.ts). */
  readonly salt: () => Uint8Array;
}

/** What a run comes to. */
export interface RunResult {
  readonly analysis: Analysis;
  /** Captures that could not be opened, or are damaged: what was read of them is in the analysis. */
  readonly errors: readonly CaptureError[];
}

/** What follows from all shares that were put together. */
export function resultOf(tallies: RunTallies, circumstances: Circumstances, concluding: Concluding): RunResult {
  return {
    analysis: analysisOf(tallies, circumstances, concluding),
    errors: circumstances.errors.map(
      ({ code, file, offset, reason }) => new CaptureError(code, fileNameText(file, concluding.reveal), offset, reason),
    ),
  };
}

function analysisOf(tallies: RunTallies, circumstances: Circumstances, { rules, reveal, salt }: Concluding): Analysis {
  const { captures, originEpochNs, durationNs, unseenPackets, keysGiven, interrupted } = circumstances;
  const { findings, failures, unseen, ...concluded } = tallies.conclude(captures, reveal);
  const redaction = new Redaction(reveal, salt);
  const named = captures.map((capture) => ({ ...capture, file: fileNameText(capture.file, reveal) }));
  return {
    captures: named.map((capture, index) => {
      // Where nothing is said, nothing rests on the clocks.
      const apart = findings.length > 0 ? apartNote(index, named) : null;
      return withNotes(capture, [clockNote(index, named), apart]);
    }),
    originEpochNs,
    durationNs,
    ...concluded,
    findings: findingsOf(findings).map((finding) => redactedFinding(finding, redaction)),
    unseen: { ...unseen, ...unseenPackets },
    keysGiven,
    rules: rules.map((rule) => rule.meta.id),
    ruleFailures: failures.map(({ rule, message }) => ({ rule, message: redaction.text(message) })),
    interrupted,
  };
}

function withNotes(capture: CaptureFacts, notes: readonly (string | null)[]): CaptureFacts {
  const said = notes.filter((note) => note !== null);
  return said.length === 0 ? capture : { ...capture, warnings: [...said, ...capture.warnings] };
}
