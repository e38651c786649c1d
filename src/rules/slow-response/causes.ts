/** The causes of a slow answer, each supported, ruled out or left open, with the packets that say so. */
import { chanceText } from '../../text/chance.js';
import { durationText, secondsText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { sharedText } from '../argument/attribute-text.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import { type Case, isOfGatewayAlone, MANY } from './case.js';
import { META } from './meta.js';

/** One sentence of a cause, as the rule's meta has it. */
const meansOf = (cause: string): string => META.hypotheses[cause] ?? '';

/** Time-outs told of. */
export const MANY_TIMERS = 8;
/** Half of a server's answers this many times faster than the slow ones: it is not the server. */
const TIMES_FASTER = 5;

/** Of requests that are not there whole nobody knows when they ended. */
const UNMEASURED = 'no other answer of the server could be measured';

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'works-long': {
    means: meansOf('works-long'),
    grounds: [
      ruledOutBy(({ heldUp }: Case) => {
        if (heldUp === null) return null;
        const [{ hold, slow }] = heldUp.releases;
        return claim(
          [slow.packet, hold.packet],
          (answer, end) =>
            `it had not begun to: ${answer} came ${durationText(slow.atNs - hold.atNs)} after the idle connection ended (${end})`,
        );
      }),
      ruledOutBy(({ undelivered: [lost] }: Case) =>
        lost?.undelivered == null
          ? null
          : claim(
              [lost.lastPacket, lost.packet],
              (request, again) => `request ${request} was sent again and again (to ${again}) and never acknowledged`,
            ),
      ),
      ruledOutBy(({ slow }: Case) => {
        const lost = slow.find(({ acknowledged, how }) => how === 'abandoned' && !acknowledged);
        return lost === undefined
          ? null
          : claim([lost.lastPacket], (request) => `request ${request} was not acknowledged when its client gave up`);
      }),
      openSince(({ slow }: Case) => {
        const [one] = slow.filter(({ unheard }) => unheard !== null);
        return one?.unheard == null || slow.some(({ how, unheard }) => how !== 'pending' && unheard === null)
          ? null
          : `its client’s FIN ${packetText(one.packet)}, sent again until ${packetText(one.unheard.packet)}, was not acknowledged either: the answer may not have arrived`;
      }),
      openSince((subject: Case) =>
        isOfGatewayAlone(subject)
          ? 'whether what the gateway asks works that long, or cannot be reached, its log tells, or a capture behind it'
          : null,
      ),
      supportedBy(({ slow }: Case) => {
        const had = slow.find(
          ({ resent, acknowledged, how }) => !resent && how !== 'undelivered' && (how !== 'abandoned' || acknowledged),
        );
        if (had?.how === 'pending')
          return claim(
            [had.lastPacket],
            (request) =>
              `it acknowledged request ${request}, which was sent once, and sent nothing for ${durationText(had.waitNs)}`,
          );
        return had === undefined
          ? null
          : claim([had.lastPacket, had.packet], (request, end) =>
              had.how === 'abandoned'
                ? `it acknowledged request ${request}, which was sent once, and sent ${had.headBytes > 0 ? 'no more than the beginning of a head' : 'nothing'} for ${durationText(had.waitNs)} (${end})`
                : `request ${request} was sent once and arrived; the answer began ${durationText(had.waitNs)} later (${end})`,
            );
      }),
    ],
    otherwise: () => 'parts of the requests were sent again: when they arrived is not known',
  },
  'held-up': {
    means: meansOf('held-up'),
    grounds: [
      supportedBy(({ heldUp }: Case) => {
        if (heldUp === null) return null;
        const { releases, chance } = heldUp;
        const [{ hold, slow }] = releases;
        return claim(
          [hold.firstPacket, slow.lastPacket, hold.packet, slow.packet],
          (first, request, end, answer) =>
            `${hold.isUnused ? `on connection ${first} nothing was asked` : `connection ${first} was idle`}; request ${request} waited until it ended (${end}), and was answered ${durationText(slow.atNs - hold.atNs)} later (${answer})${releases.length > 1 ? `, as in ${releases.length - 1} further case${releases.length > 2 ? 's' : ''}` : ''}; chance of that: ${chanceText(chance)}`,
        );
      }),
      openSince(({ idleBeside, holdsAreAll }: Case) =>
        idleBeside === null && holdsAreAll
          ? null
          : idleBeside === null
            ? 'not all idle connections are kept'
            : `connection ${packetText(idleBeside.firstPacket)} was idle meanwhile; that it waited for its end is not shown`,
      ),
      ruledOutBy(({ first }: Case) =>
        claim([first.lastPacket], (request) => `no connection was idle for a second while request ${request} waited`),
      ),
    ],
    otherwise: () => 'not all idle connections are kept',
  },
  network: {
    means: meansOf('network'),
    grounds: [
      supportedBy(({ undelivered: [lost], lastAnswer }: Case) =>
        lost?.undelivered == null
          ? null
          : claim([lost.lastPacket, lost.packet], (request, again) =>
              lastAnswer === null || lastAnswer.atNs < lost.startNs
                ? `nobody acknowledged request ${request}, sent again until ${again}`
                : `nobody acknowledged request ${request}, sent again until ${again}, while the server answered others (to ${packetText(lastAnswer.packet)})`,
            ),
      ),
      supportedBy(({ slow }: Case) => {
        const lost = slow.find(({ acknowledged, how }) => how === 'abandoned' && !acknowledged);
        return lost === undefined
          ? null
          : claim([lost.lastPacket], (request) => `nobody acknowledged request ${request}`);
      }),
      supportedBy(({ slow }: Case) => {
        const one = slow.find(({ unheard }) => unheard !== null);
        return one?.unheard == null
          ? null
          : claim(
              [one.lastPacket, one.packet, one.unheard.packet],
              (request, fin, again) =>
                `request ${request} was acknowledged, and FIN ${fin} was not, sent again until ${again}: by then nothing of the server arrives`,
            );
      }),
      ruledOutBy(({ slow }: Case) => {
        const clean = slow.find(({ resent, isClean }) => !resent && isClean);
        return clean === undefined
          ? null
          : claim([clean.lastPacket], (request) => `nothing of request ${request} had to be sent again`);
      }),
    ],
    otherwise: ({ slow }) =>
      slow.some(({ resent }) => resent)
        ? 'segments were sent again on these connections'
        : 'parts of these connections are not in the capture',
  },
  filter: {
    means: meansOf('filter'),
    grounds: [
      supportedBy(({ attribute, undelivered: [lost] }: Case) =>
        attribute === null || lost === undefined
          ? null
          : claim(
              [lost.firstPacket, attribute.answeredPacket],
              (request, answered) => `${sharedText(attribute, 'lost')} (${request}; answered: ${answered})`,
            ),
      ),
      supportedBy(({ undelivered }: Case) => {
        const refused = undelivered.find((one) => one.undelivered?.refusal != null);
        const refusal = refused?.undelivered?.refusal ?? null;
        return refused === undefined || refusal === null
          ? null
          : claim(
              [refused.lastPacket, refusal.packet],
              (request, error) => `request ${request} was answered with ICMP ${icmpText(refusal)} (${error})`,
            );
      }),
      ruledOutBy(({ slow, undelivered, first }: Case) =>
        undelivered.length === 0 && slow.every(({ acknowledged }) => acknowledged)
          ? claim([first.lastPacket], (request) => `request ${request} arrived: it was acknowledged`)
          : null,
      ),
    ],
    otherwise: () => 'no ICMP error says so, and nothing tells these requests from answered ones',
  },
  'client-timer': {
    means: meansOf('client-timer'),
    grounds: [
      supportedBy(({ slow }: Case) => {
        const said = slow.find(({ deadline }) => deadline !== null);
        return said === undefined
          ? null
          : claim(
              [said.firstPacket, said.packet],
              (request, end) =>
                `request ${request} says grpc-timeout: ${said.deadline}; ${said.how === 'abandoned' ? 'its client cancelled it' : 'its server gave it up'} then (${end})`,
            );
      }),
      supportedBy(({ timer, abandoned, leftInFront }: Case) => {
        const [first] = abandoned.length > 0 ? abandoned : leftInFront;
        if (timer?.pattern !== 'timer' || timer.seconds === null || first === undefined) return null;
        const { seconds, agreeing } = timer;
        return claim([first.packet], (close) =>
          agreeing >= MANY
            ? `${agreeing} clients closed ${secondsText(seconds)} after their requests (from ${close})`
            : `${close} came ${secondsText(seconds)} after the request, where people set time-outs`,
        );
      }),
      supportedBy(({ timers, abandoned, leftInFront }: Case) => {
        const [first] = abandoned.length > 0 ? abandoned : leftInFront;
        return timers.length === 0 || first === undefined
          ? null
          : claim(
              [first.packet],
              (close) =>
                `${listText(
                  timers.map(({ seconds, agreeing }) => `${agreeing} closed after ${secondsText(seconds)}`),
                  MANY_TIMERS,
                )} (from ${close}): each program has its own`,
            );
      }),
      openSince(({ abandoned, undelivered }: Case) =>
        abandoned.length === 0 && undelivered.length > 0 ? 'who sent them had not given up yet' : null,
      ),
      openSince(({ abandoned, leftInFront, pending }: Case) =>
        pending.length > 0 && abandoned.length + leftInFront.length === 0 ? 'nobody had given up yet' : null,
      ),
      ruledOutBy(({ abandoned, leftInFront, first, slow }: Case) =>
        abandoned.length + leftInFront.length > 0
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
      openSince(({ medianNs }: Case) => (medianNs === null ? UNMEASURED : null)),
      supportedBy(({ medianNs, lastAnswer, slow, answers }: Case) => {
        const shortest = Math.min(...slow.map(({ waitNs }) => waitNs));
        if (lastAnswer === null || medianNs === null || medianNs * TIMES_FASTER > shortest) return null;
        return claim(
          [lastAnswer.packet],
          (answer) => `${halfText(answers)} took ${durationText(medianNs)} or less (the last is ${answer})`,
        );
      }),
      ruledOutBy(({ medianNs, lastAnswer, answers }: Case) =>
        lastAnswer === null || medianNs === null
          ? null
          : claim(
              [lastAnswer.packet],
              (answer) => `${halfText(answers)} took ${durationText(medianNs)} and more (the last is ${answer})`,
            ),
      ),
    ],
    otherwise: () => UNMEASURED,
  },
};

/** `3/3 from 10.0.0.7`: type and code of an ICMP error, and who wrote it. */
export function icmpText({
  type,
  code,
  sender,
}: {
  readonly type: number;
  readonly code: number;
  readonly sender: string;
}): string {
  return `${type}/${code} from ${sender}`;
}

/** `half of its 12 answers`; of one alone no half. */
function halfText(answers: number): string {
  return answers === 1 ? 'its one answer' : `half of its ${answers} answers`;
}
