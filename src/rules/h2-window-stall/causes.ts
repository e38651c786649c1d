/** Who gave no window, supported or ruled out, with the packets that say so. */
import { durationText } from '../../text/duration.js';
import { type Causes, claim, supportedBy } from '../argument/cause.js';
import type { Stall } from './incident.js';

/** What the rule argues about: stalls at one server. */
export interface Case {
  readonly stalls: readonly Stall[];
  readonly first: Stall;
}

const of = (subject: Case, kind: Stall['kind']): Stall | undefined => subject.stalls.find((one) => one.kind === kind);

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'server-does-not-read': {
    means: 'The server’s application does not read the body that it is sent.',
    grounds: [
      supportedBy((subject) => {
        const stall = of(subject, 'upload');
        return stall === undefined
          ? null
          : claim(
              [stall.packet],
              (frame) =>
                `${frame} uses up what the server allows on stream ${stall.h2Stream}, and it allows no more for ${durationText(stall.durationNs)}`,
            );
      }),
    ],
    otherwise: ({ first }) => claim([first.packet], (frame) => `it is the server that has to wait (since ${frame})`),
  },
  'client-does-not-read': {
    means: 'The client’s application, or the proxy that asks, does not read an answer that it asked for.',
    grounds: [
      supportedBy((subject) => {
        const stall = of(subject, 'unread');
        return stall === undefined
          ? null
          : claim(
              [stall.packet],
              (frame) =>
                `${frame} uses up what the client allows on stream ${stall.h2Stream}, and it takes nothing more of that answer for ${durationText(stall.durationNs)}`,
            );
      }),
      supportedBy((subject) => {
        const stall = of(subject, 'starved');
        return stall === undefined
          ? null
          : claim(
              [stall.packet, stall.requestPacket],
              (frame, request) =>
                `${frame} uses up what the client allows on the whole connection; it asks for more on it (${request}) and allows nothing for ${durationText(stall.durationNs)}`,
            );
      }),
    ],
    otherwise: ({ first }) => claim([first.packet], (frame) => `it is the client that has to wait (since ${frame})`),
  },
};
