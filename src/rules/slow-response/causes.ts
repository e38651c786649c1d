/** The causes of a slow answer, each supported, ruled out or left open, with the packets that say so. */
import { durationText, secondsText } from '../../text/duration.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import type { Case } from './case.js';
import { META } from './meta.js';

/** One sentence of a cause, as the rule's meta has it. */
const meansOf = (cause: string): string => META.hypotheses[cause] ?? '';

/** As many that agree are no chance. */
const MANY = 3;
/** Half of a server's answers this many times faster than the slow ones: it is not the server. */
const TIMES_FASTER = 5;

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'works-long': {
    means: meansOf('works-long'),
    grounds: [
      ruledOutBy(({ slow }: Case) => {
        const lost = slow.find(({ acknowledged, how }) => how === 'abandoned' && !acknowledged);
        return lost === undefined
          ? null
          : claim([lost.lastPacket], (request) => `request ${request} was not acknowledged when its client gave up`);
      }),
      supportedBy(({ slow }: Case) => {
        const had = slow.find(({ resent, acknowledged, how }) => !resent && (how !== 'abandoned' || acknowledged));
        return had === undefined
          ? null
          : claim([had.lastPacket, had.packet], (request, end) =>
              had.how === 'abandoned'
                ? `it acknowledged request ${request}, which was sent once, and sent nothing for ${durationText(had.waitNs)} (${end})`
                : `request ${request} was sent once and arrived; the answer began ${durationText(had.waitNs)} later (${end})`,
            );
      }),
    ],
    otherwise: () => 'parts of the requests were sent again: when they arrived is not known',
  },
  network: {
    means: meansOf('network'),
    grounds: [
      supportedBy(({ slow }: Case) => {
        const lost = slow.find(({ acknowledged, how }) => how === 'abandoned' && !acknowledged);
        return lost === undefined
          ? null
          : claim([lost.lastPacket], (request) => `nobody acknowledged request ${request}`);
      }),
      ruledOutBy(({ slow }: Case) => {
        const clean = slow.find(({ resent, isClean }) => !resent && isClean);
        return clean === undefined
          ? null
          : claim([clean.lastPacket], (request) => `nothing of request ${request} had to be sent again`);
      }),
    ],
    otherwise: () => 'segments were sent again on these connections',
  },
  'client-timer': {
    means: meansOf('client-timer'),
    grounds: [
      supportedBy(({ timer, abandoned }: Case) => {
        const [first] = abandoned;
        if (timer?.pattern !== 'timer' || timer.seconds === null || first === undefined) return null;
        const { seconds, agreeing } = timer;
        return claim([first.packet], (close) =>
          agreeing >= MANY
            ? `${agreeing} clients closed ${secondsText(seconds)} after their requests (from ${close})`
            : `${close} came ${secondsText(seconds)} after the request, where people set time-outs`,
        );
      }),
      ruledOutBy(({ abandoned, first, slow }: Case) =>
        abandoned.length > 0
          ? null
          : claim(
              [first.packet],
              (answer) => `${slow.length === 1 ? 'the client' : 'each client'} waited for its answer (${answer})`,
            ),
      ),
    ],
    otherwise: () => 'the clients that left did so after different times',
  },
  'some-requests': {
    means: meansOf('some-requests'),
    grounds: [
      openSince(({ medianNs }: Case) => (medianNs === null ? 'no other answer of the server was seen' : null)),
      supportedBy(({ medianNs, lastAnswer, slow, answers }: Case) => {
        const shortest = Math.min(...slow.map(({ waitNs }) => waitNs));
        if (lastAnswer === null || medianNs === null || medianNs * TIMES_FASTER > shortest) return null;
        return claim(
          [lastAnswer.packet],
          (answer) => `half of its ${answers} answers took ${durationText(medianNs)} or less (the last is ${answer})`,
        );
      }),
      ruledOutBy(({ medianNs, lastAnswer, answers }: Case) =>
        lastAnswer === null || medianNs === null
          ? null
          : claim(
              [lastAnswer.packet],
              (answer) =>
                `half of its ${answers} answers took ${durationText(medianNs)} and more (the last is ${answer})`,
            ),
      ),
    ],
    otherwise: () => 'no other answer of the server was seen',
  },
};
