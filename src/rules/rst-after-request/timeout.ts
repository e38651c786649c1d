/** Whether a timer of the server reset what it had: by delays and ages that agree, and by what had no time to wait. */
import { durationText } from '../../text/duration.js';
import { type Cause, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { packetText, spreadText } from '../argument/figures.js';
import { SOON_NS } from '../tally/activity.js';
import type { Case } from './case.js';
import { sentText } from './incident-text.js';
import { isOneMoment, lateTimerText } from './process-end.js';

/** See the head of this file. */
export const TIMEOUT: Cause<Case> = {
  means: 'A timer of the server expired.',
  grounds: [
    supportedBy(({ delaysCluster, delay, ...subject }) =>
      delaysCluster && !isOneMoment(subject)
        ? claim(
            firstPackets(subject),
            (...resets) =>
              `the resets come ${spreadText(delay.lowest, delay.highest)} after the request, always as long (${resets.join(', ')})`,
          )
        : null,
    ),
    supportedBy(({ agesCluster, age, ...subject }) =>
      agesCluster && age !== null && !isOneMoment(subject)
        ? claim(
            firstPackets(subject),
            (...resets) =>
              `the connections were ${spreadText(age.lowest, age.highest)} old, always as old (${resets.join(', ')})`,
          )
        : null,
    ),
    openSince(lateTimerText),
    openSince(({ delay }) =>
      delay.highest >= SOON_NS ? `the reset came up to ${durationText(delay.highest)} after the request` : null,
    ),
    openSince(({ incident: { isAfterIdle, pauseNs, packet } }) =>
      isAfterIdle
        ? `the connection had been idle for ${durationText(pauseNs ?? 0)} before (${packetText(packet)}); too few closes agree with that to call it an idle time-out`
        : null,
    ),
    ruledOutBy(({ incident }) => {
      const { pauseNs, delayNs, packet } = incident;
      return pauseNs === null
        ? null
        : claim(
            [packet],
            (rst) =>
              `idle for ${durationText(pauseNs)} before ${sentText(incident)}; reset ${durationText(delayNs)} after it (${rst})`,
          );
    }),
    ruledOutBy(({ incident: { request, requestIsFirst, pauseNs, delayNs } }) =>
      request === null || requestIsFirst || pauseNs !== null
        ? null
        : claim(
            [request.firstPacket],
            (packet) =>
              `not idle for half a second before the request (${packet}), and reset ${durationText(delayNs)} after it`,
          ),
    ),
    ruledOutBy(({ incident: { ageNs, request, packet }, age }) =>
      ageNs === null || ageNs >= SOON_NS || (age !== null && age.highest >= SOON_NS)
        ? null
        : claim(
            [request?.firstPacket ?? packet],
            (first) => `first request of a connection ${durationText(ageNs)} old (${first})`,
          ),
    ),
  ],
  otherwise: ({ age }) =>
    age === null
      ? 'the age of the connection is not known'
      : `the connections were up to ${durationText(age.highest)} old`,
};

/** Resets of the first few incidents: what a cluster is seen by. */
function firstPackets({ incident, incidents }: Pick<Case, 'incident' | 'incidents'>): [number, ...number[]] {
  const [first, ...others] = incidents.slice(0, 3).map(({ packet }) => packet);
  return [first ?? incident.packet, ...others];
}
