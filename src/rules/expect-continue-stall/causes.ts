/** Why uploads wait, each cause supported, ruled out or left open, with the packet that says so. */
import { durationText } from '../../text/duration.js';
import { type Causes, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, spreadText } from '../argument/figures.js';
import type { Moment } from '../tally/earliest.js';
import type { Stall } from './stall.js';

/** Waits of one timer agree so well. */
const SAME_SHARE = 0.05;

/** What the rule argues about: one server's uploads that waited. */
export interface Case {
  readonly first: Stall;
  /** Waits that are kept. */
  readonly waits: number;
  readonly shortestNs: number;
  readonly longestNs: number;
  /** Requests with Expect. */
  readonly asked: number;
  readonly firstContinue: Moment | null;
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'never-continues': {
    means: 'The server, or a proxy before it, never says 100.',
    grounds: [
      ruledOutBy(
        ({ firstContinue }) =>
          firstContinue && claim([firstContinue.packet], (told) => `others are told to go on (${told})`),
      ),
      supportedBy(({ asked, first }) =>
        claim([first.headPacket], (head) => `none of ${manyText(asked, 'request')} was told to go on (from ${head})`),
      ),
    ],
    otherwise: () => 'nothing was asked',
  },
  'client-timer': {
    means: 'The pause is the client’s patience.',
    grounds: [
      ruledOutBy((subject) =>
        agree(subject)
          ? null
          : claim([subject.first.headPacket], (head) => `the waits differ, ${spreadOf(subject)} (from ${head})`),
      ),
      supportedBy((subject) =>
        subject.waits < 2
          ? null
          : claim(
              [subject.first.headPacket],
              (head) => `each waits ${spreadOf(subject)}${knownText(subject)} (from ${head})`,
            ),
      ),
    ],
    otherwise: (subject) => `one wait of ${durationText(subject.shortestNs)}${knownText(subject)}`,
  },
};

/** How long clients are known to wait unless told otherwise; their timers fire late, never early. */
const KNOWN_WAITS: readonly { readonly ns: number; readonly whose: string }[] = [
  { ns: 1_000_000_000, whose: 'curl waits 1 s' },
  { ns: 350_000_000, whose: '.NET waits 350 ms' },
];
const EARLY_SHARE = 0.01;
const LATE_NS = 100_000_000;

/** `, as long as curl does`, where the waits are those of a client that is known. */
function knownText({ shortestNs, longestNs }: Case): string {
  const known = KNOWN_WAITS.find(({ ns }) => shortestNs >= ns * (1 - EARLY_SHARE) && longestNs <= ns + LATE_NS);
  return known === undefined ? '' : `; ${known.whose} unless told otherwise`;
}

/** Whether all waits are as long as if one timer ended them. */
export function agree({ shortestNs, longestNs }: Pick<Case, 'shortestNs' | 'longestNs'>): boolean {
  return longestNs - shortestNs <= SAME_SHARE * longestNs;
}

function spreadOf({ shortestNs, longestNs }: Case): string {
  return spreadText(shortestNs, longestNs);
}
