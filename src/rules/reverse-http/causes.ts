/** What goes wrong with HTTP in reverse, each cause supported, ruled out or left open, with the packets that say so. */
import { durationText } from '../../text/duration.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import type { Case } from './case.js';

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'idle-drop': {
    means: 'The accepting side gives an idle connection up, and its server cannot be reached until it dials again.',
    grounds: [
      supportedBy(({ gaps: [gap] }) => {
        if (gap === undefined) return null;
        const { again, lengthNs, reversed } = gap;
        const { by, idleNs, packet } = reversed.dropped;
        const gaveUp = (end: string): string =>
          `${by} of the accepting side after ${durationText(idleNs)} without a frame (${end})`;
        return again === null
          ? claim([packet], (end) => `${gaveUp(end)}; its server does not dial again`)
          : claim(
              [packet, again.dialPacket],
              (end, next) => `${gaveUp(end)}; its server dials again ${durationText(lengthNs)} later (${next})`,
            );
      }),
      openSince(({ connections }) => {
        const dropped = connections.find((one) => one.dropped !== null)?.dropped ?? null;
        return dropped && `it gives up idle ones (${packetText(dropped.packet)}), and their servers had others`;
      }),
    ],
    otherwise: ({ first }) => claim([first.packet], (shown) => `none was given up while it was idle (${shown})`),
  },
  'missing-certificate': {
    means: 'Who dials shows no certificate, though the protocol demands it.',
    grounds: [
      supportedBy(
        ({ uncertified }) =>
          uncertified &&
          claim(
            [uncertified.certificatePacket ?? uncertified.packet],
            (answer) =>
              `${uncertified.alpn ?? ''} demands a client certificate of who dials, and none was shown (${answer})`,
          ),
      ),
      ruledOutBy(({ connections }) => {
        const shown = connections.find(({ showsCertificate }) => showsCertificate === true);
        return shown === undefined
          ? null
          : claim(
              [shown.certificatePacket ?? shown.packet],
              (certificate) => `a client certificate was shown (${certificate})`,
            );
      }),
      ruledOutBy(({ connections, first }) =>
        connections.some(({ isTls }) => isTls)
          ? null
          : claim([first.packet], (shown) => `there is no TLS that could demand one (${shown})`),
      ),
    ],
    otherwise: () => 'it cannot be read',
  },
};
