/** What the close may be for: the code in the Close frame supports one cause and rules out the others; a Ping without a Pong is another. */
import { OPPOSITE } from '../../facts/endpoint.js';
import { durationText } from '../../text/duration.js';
import { type Cause, type Causes, claim, type Ground, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText } from '../argument/figures.js';
import type { Case } from './case.js';
import { type About, codeText, TOO_BIG } from './codes.js';

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'unanswered-ping': {
    means: 'Who closes had sent a Ping and got no Pong: the other side hangs, is too busy, or is not reached any more.',
    grounds: [
      supportedBy(({ first, isPingTimeout }: Case) => {
        const { unansweredPing: ping, packet, atNs, by } = first;
        if (!isPingTimeout) return null;
        return ping === null
          ? claim([packet], (close) => `the reason in the Close frame (${close}) names a ping’s time-out`)
          : claim(
              [ping.packet, packet],
              (sent, close) =>
                `the Ping of the ${by} ${durationText(atNs - ping.atNs)} before (${sent}) has no Pong, and the reason in the Close frame (${close}) names a ping’s time-out`,
            );
      }),
      openSince(({ items, about }: Case) =>
        about === 'own-failure' &&
        items.some(({ unansweredPing, saysPingTimeout }) => saysPingTimeout || unansweredPing !== null)
          ? 'a Ping before the close has no Pong: it may have been given up for that'
          : null,
      ),
    ],
    otherwise: ({ about, code, first }) =>
      about === 'own-failure'
        ? claim([first.packet], (close) => `of the ${first.by} no Ping without a Pong was seen before ${close}`)
        : claim([first.packet], (close) => `the code is ${codeText(code)} (${close})`),
  },
  'own-failure': causeAbout(
    'own-failure',
    'Who closes failed itself, has no room, or did not reach what stands behind it.',
    ruledOutBy(({ about, isPingTimeout, first }: Case) =>
      about === 'own-failure' && isPingTimeout
        ? claim([first.packet], (close) => `its reason (${close}) names a ping’s time-out`)
        : null,
    ),
  ),
  message: causeAbout('message', 'A message of the other side is too big, or not what is expected.'),
  frames: causeAbout('frames', 'The frames of the other side are not understood, or an extension is missing.'),
  policy: causeAbout('policy', 'The other side may not do what it did: it is not logged in, or not any more.'),
};

function causeAbout(about: About, means: string, ...before: readonly Ground<Case>[]): Cause<Case> {
  return {
    means,
    grounds: [
      ...before,
      supportedBy((subject) =>
        subject.about === about
          ? claim([subject.first.packet], (close) => `code ${codeText(subject.code)} (${close})${sizeText(subject)}`)
          : null,
      ),
    ],
    otherwise: ({ code, first }) => claim([first.packet], (close) => `the code is ${codeText(code)} (${close})`),
  };
}

function sizeText({ code, by, first }: Case): string {
  return code === TOO_BIG
    ? `; the largest frame of the ${OPPOSITE[by]} had ${manyText(first.largestPayload, 'byte')}`
    : '';
}
