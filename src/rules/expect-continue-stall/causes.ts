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
          : claim([subject.first.headPacket], (head) => `each waits ${spreadOf(subject)} (from ${head})`),
      ),
    ],
    otherwise: ({ shortestNs }) => `one wait of ${durationText(shortestNs)}`,
  },
};

/** Whether all waits are as long as if one timer ended them. */
export function agree({ shortestNs, longestNs }: Pick<Case, 'shortestNs' | 'longestNs'>): boolean {
  return longestNs - shortestNs <= SAME_SHARE * longestNs;
}

function spreadOf({ shortestNs, longestNs }: Case): string {
  return spreadText(shortestNs, longestNs);
}
