/** What the close may be for: the code in the Close frame supports one cause and rules out the others. */
import { OPPOSITE } from '../../facts/endpoint.js';
import { type Cause, type Causes, claim, supportedBy } from '../argument/cause.js';
import { manyText } from '../argument/figures.js';
import type { Case } from './case.js';
import { type About, codeText, TOO_BIG } from './codes.js';

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'own-failure': causeAbout(
    'own-failure',
    'Who closes failed itself, has no room, or did not reach what stands behind it.',
  ),
  message: causeAbout('message', 'A message of the other side is too big, or not what is expected.'),
  frames: causeAbout('frames', 'The frames of the other side are not understood, or an extension is missing.'),
  policy: causeAbout('policy', 'The other side may not do what it did: it is not logged in, or not any more.'),
};

function causeAbout(about: About, means: string): Cause<Case> {
  return {
    means,
    grounds: [
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
