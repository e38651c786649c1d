/** The causes of a cut response, each supported, ruled out or left open, with the packets that say so. */

import type { PacketReference } from '../../facts/packet-reference.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { type Causes, type Claim, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { spreadText } from '../argument/figures.js';
import type { CutResponse } from '../judgements/cut-response.js';
import { PROCESS_END_NS } from '../judgements/moments.js';
import { windowWidth } from '../judgements/timer-window.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';

/** What the rule argues about: one server's cut responses. */
export interface Case {
  readonly cuts: readonly CutResponse[];
  readonly first: CutResponse;
  readonly count: number;
  /** The same response, cut on the leg in front, or behind. */
  readonly inFront: readonly CutResponse[];
  /** By the packet of what cut it, the request in front that was closed without a byte of it. */
  readonly withheld: ReadonlyMap<PacketReference, LoggedExchange>;
  readonly lastAnswer: { readonly atNs: number; readonly packet: number } | null;
}

const TIMER_NS = 1_000_000_000;
/** Sizes that agree this closely were cut by a limit. */
const SAME_SIZE_SHARE = 0.01;
/** A limit below this would cut every page. */
const MIN_LIMIT = 16_384;

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'foreign-reset': {
    means: 'A packet filter or device wrote the RST in the name of the server, which did not.',
    grounds: [
      supportedBy(({ cuts }: Case) => {
        const one = cuts.find(({ goesOn }) => goesOn !== null);
        return one?.goesOn == null
          ? null
          : claim(
              [one.packet, one.goesOn.packet],
              (rst, next) =>
                `the server sends on (${next}) ${durationText((one.goesOn?.atNs ?? 0) - one.atNs)} after RST ${rst}, as nobody does who wrote it; the client’s kernel took it, and answers what comes with resets`,
            );
      }),
      ruledOutBy(({ cuts, first }: Case) =>
        cuts.every(({ how }) => how !== 'rst')
          ? claim(
              [first.packet],
              (end) => `it ends by ${first.how === 'fin' ? 'FIN' : 'RST_STREAM'} (${end}), not by RST`,
            )
          : null,
      ),
    ],
    otherwise: () => 'nothing that the server sent behind the RST was captured',
  },
  'sender-ended': {
    means: 'The process or worker that sent it was killed or crashed.',
    grounds: [
      ruledOutBy(sentOn),
      ruledOutBy(({ cuts, first }: Case) =>
        pausesOf(cuts)[0] < TIMER_NS
          ? null
          : claim([first.packet], (end) => `nothing had been sent for ${pausesText(cuts)} before the end (${end})`),
      ),
      openSince(({ cuts }: Case) =>
        deficitOf(cuts) === null ? null : 'the same number of bytes is missing each time, which no crash does',
      ),
      supportedBy(({ first, cuts }: Case) =>
        cuts.every(({ pauseNs }) => pauseNs <= PROCESS_END_NS)
          ? claim(
              [first.lastPacket, first.packet],
              (last, end) =>
                `the end comes ${pausesText(cuts)} after the last byte (${last}, ${end}): while it was sending, not by a timer`,
            )
          : null,
      ),
    ],
    otherwise: ({ cuts }) => `the end comes ${pausesText(cuts)} after the last byte`,
  },
  'ran-out-of-time': {
    means: 'A time-out of the server, or of what it waits for, ran out in the middle.',
    grounds: [
      ruledOutBy(sentOn),
      supportedBy(({ cuts, first }: Case) => {
        const [least, most] = pausesOf(cuts);
        return cuts.length >= 2 && least >= TIMER_NS && most - least <= windowWidth(least)
          ? claim([first.packet], (end) => `each time ${pausesText(cuts)} without a byte before the end (from ${end})`)
          : null;
      }),
      ruledOutBy(({ cuts, first }: Case) =>
        cuts.some(({ pauseNs }) => pauseNs <= PROCESS_END_NS)
          ? claim([first.packet], (end) => `the end comes ${pausesText(cuts)} after the last byte (${end})`)
          : null,
      ),
    ],
    otherwise: ({ cuts }) => `${pausesText(cuts)} without a byte before the end`,
  },
  'wrong-length': {
    means: 'The declared length is wrong: it is that of another form of the content.',
    grounds: [
      ruledOutBy(sentOn),
      supportedBy(({ cuts, first }: Case) => {
        const missing = deficitOf(cuts);
        return missing === null
          ? null
          : claim(
              [first.headPacket],
              (head) => `each time ${countText(missing)} bytes are missing of what Content-Length says (${head})`,
            );
      }),
      openSince(({ first }: Case) => (first.request === null ? 'what it declares is encrypted' : null)),
      ruledOutBy(({ first }: Case) =>
        first.declared === null
          ? claim([first.headPacket], (head) =>
              first.framing === 'head'
                ? `it ends before anything of a body (${head})`
                : `it declares no length (${head}): its end is marked, and the mark is missing`,
            )
          : null,
      ),
      ruledOutBy(({ cuts, first }: Case) =>
        new Set(cuts.map(missingOf)).size > 1
          ? claim([first.headPacket], (head) => `what is missing differs from one to the next (from ${head})`)
          : null,
      ),
    ],
    otherwise: ({ cuts }) =>
      cuts.length > 1
        ? 'all declare the same length, and of another one none was seen to be cut'
        : 'a single one cannot be compared with others',
  },
  'size-limit': {
    means: 'A buffer, disk or limit is full: responses end at one size.',
    grounds: [
      ruledOutBy(sentOn),
      ruledOutBy(({ cuts, first }: Case) => {
        if (cuts.length < 2) return null;
        const [, most] = sizesOf(cuts);
        if (sizesDiffer(cuts)) return claim([first.lastPacket], (last) => `they end at different sizes (from ${last})`);
        return most < MIN_LIMIT
          ? claim(
              [first.lastPacket],
              (last) => `they end at ${countText(most)} bytes, and no limit is that low (${last})`,
            )
          : null;
      }),
      // A limit cuts amid the sending. Who waits and gets nothing more may have the same each time as well.
      openSince(({ cuts }: Case) =>
        cuts.length < 2 || pausesOf(cuts)[0] < TIMER_NS
          ? null
          : `they end at one size, and not amid the sending: nothing had come for ${pausesText(cuts)}`,
      ),
      supportedBy(({ cuts, first }: Case) => {
        const [least, most] = sizesOf(cuts);
        return cuts.length >= 3 && least >= MIN_LIMIT && !sizesDiffer(cuts)
          ? claim(
              [first.lastPacket],
              (last) => `${cuts.length} responses end at ${countText(most)} bytes (from ${last})`,
            )
          : null;
      }),
    ],
    otherwise: () => 'a single one has no size in common with others',
  },
};

/** A server that sends on behind each RST has not ended anything. */
function sentOn({ cuts, first }: Case): Claim | null {
  const { goesOn } = first;
  if (goesOn === null || cuts.some((one) => one.goesOn === null)) return null;
  return claim([first.packet, goesOn.packet], (rst, next) => `the server sends on (${next}) after RST ${rst}`);
}

/** Bytes missing, where it is the same number of two responses and more of different length; `null`: it is not. */
function deficitOf(cuts: readonly CutResponse[]): number | null {
  const lengths = new Set(cuts.map(({ declared }) => declared));
  if (cuts.length < 2 || lengths.size < 2) return null;
  const missing = new Set(cuts.map(missingOf));
  const [only] = missing;
  return missing.size === 1 && only !== undefined ? only : null;
}

/** Bytes that are missing of the length declared; `null`: none is. */
function missingOf({ declared, bytes }: CutResponse): number | null {
  return declared === null ? null : declared - bytes;
}

/** Whether they end at more than one size; of a single one nothing is said. */
function sizesDiffer(cuts: readonly CutResponse[]): boolean {
  const [least, most] = sizesOf(cuts);
  return cuts.length > 1 && most - least > SAME_SIZE_SHARE * most;
}

/** The smallest size and the largest. */
function sizesOf(cuts: readonly CutResponse[]): readonly [number, number] {
  const sizes = cuts.map(({ bytes }) => bytes);
  return [Math.min(...sizes), Math.max(...sizes)];
}

/** The shortest silence before an end, and the longest. */
function pausesOf(cuts: readonly CutResponse[]): readonly [number, number] {
  const pauses = cuts.map(({ pauseNs }) => pauseNs);
  return [Math.min(...pauses), Math.max(...pauses)];
}

function pausesText(cuts: readonly CutResponse[]): string {
  return spreadText(...pausesOf(cuts));
}
