/** Why a gateway answered by itself, each cause supported, ruled out or left open, with the packets that say so. */
import { durationText } from '../../text/duration.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, spreadText } from '../argument/figures.js';
import type { Case } from './case.js';

function isOf({ product, first }: Case, of: Case['product'], status: number): boolean {
  return product === of && first.status === status;
}

/** Whether nginx's own page says so, which it shows of no server. */
function isLimit({ answers }: Case): boolean {
  return answers.every(({ isLimitPage }) => isLimitPage);
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'no-server-alive': {
    means: 'For the gateway no server behind it counts as alive: checks or requests failed, or somebody took it out.',
    grounds: [
      ruledOutBy(({ manner, askedMeanwhile }) =>
        manner === 'phase' || askedMeanwhile === null
          ? null
          : claim([askedMeanwhile.packet], (other) => `it asked a server behind meanwhile (${other})`),
      ),
      ruledOutBy((subject) =>
        isLimit(subject)
          ? claim([subject.first.packet], (answer) => `nginx says 502 where no server is left; this is 503 (${answer})`)
          : null,
      ),
      supportedBy(({ trouble, first }) =>
        trouble === null
          ? null
          : claim(
              [trouble.packet, first.packet],
              (failed, answer) =>
                `what it asked behind failed (${failed}); ${durationText(first.requestNs - trouble.atNs)} later it answered the first request by itself (${answer}), and asked nobody any more`,
            ),
      ),
      supportedBy((subject) =>
        isOf(subject, 'nginx', 502)
          ? claim(
              [subject.first.packet],
              (answer) => `nginx says 502 without asking only where it has no server left (${answer})`,
            )
          : null,
      ),
    ],
    otherwise: () => 'nothing that failed behind was seen just before: somebody may have taken the servers out',
  },
  'queue-timed-out': {
    means:
      'The servers have as many requests as the gateway gives them, and these waited in its queue until that gave up.',
    grounds: [
      supportedBy(({ manner, first, askedLate, mostInProgress }) =>
        manner !== 'queue' || askedLate === null
          ? null
          : claim(
              [first.requestPacket, first.packet, askedLate.packet],
              (request, answer, late) =>
                `from request ${request} to its answer ${answer} ${manyText(mostInProgress, 'request was', 'requests were')} in progress behind, as many as ever; another was asked for after it had waited ${durationText(askedLate.waitNs)} (${late})`,
            ),
      ),
      ruledOutBy(({ first, minWaitNs, maxWaitNs }) =>
        claim([first.packet], (answer) => `they were answered within ${spreadText(minWaitNs, maxWaitNs)} (${answer})`),
      ),
    ],
    otherwise: () => 'how long they waited is not known',
  },
  'own-rule': {
    means: 'A rule of the gateway answers so: a limit of requests or connections, a maintenance page, a denial.',
    grounds: [
      ruledOutBy(({ manner, first, minWaitNs }) =>
        manner === 'queue'
          ? claim([first.packet], (answer) => `the answer ${answer} took ${durationText(minWaitNs)} at least`)
          : null,
      ),
      supportedBy((subject) =>
        isLimit(subject)
          ? claim(
              [subject.first.packet],
              (answer) =>
                `503 ${answer} is nginx’s own, and nginx says 503 of no server: limit_req, limit_conn or return does`,
            )
          : null,
      ),
      ruledOutBy((subject) =>
        isOf(subject, 'nginx', 502)
          ? claim([subject.first.packet], (answer) => `nginx’s limits say 503, not 502 (${answer})`)
          : null,
      ),
      openSince(({ trouble }) =>
        trouble === null ? null : 'what failed behind just before explains it; its configuration was not seen',
      ),
    ],
    otherwise: () => 'its configuration is not in the packets; its log says which it was',
  },
};
