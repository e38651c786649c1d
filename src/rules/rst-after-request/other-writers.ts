/** Whether somebody other than the server wrote the reset, or the way there is to blame for it. */
import { type Cause, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import type { Case } from './case.js';
import { blockListed, foreignHand, lacksTimestamps, oneHopOff, placeText } from './foreign-hand.js';
import { forgottenText } from './forgotten.js';
import { later } from './moment-text.js';
import { testText } from './test-text.js';

/** Trouble on the way. */
export const NETWORK: Cause<Case> = {
  means: 'The network lost or misdirected segments.',
  grounds: [
    supportedBy(({ incident: { unreachable } }) =>
      unreachable === null
        ? null
        : claim([unreachable], (packet) => `an ICMP error tells of this connection (${packet})`),
    ),
    openSince(({ incident: { client, server, handshake } }) => {
      const troubled = client.retransmissions + server.retransmissions + handshake.synRetransmissions;
      return troubled > 0 ? `${manyText(troubled, 'segment')} of this connection had to be repeated` : null;
    }),
    openSince(({ tests, verdict }) => {
      const hops = tests.find(({ id }) => id === 'F5');
      return hops?.result === 'positive' && verdict === 'none' ? testText(hops, { capturePoint: 'unknown' }) : null;
    }),
    openSince(({ incident: { isAfterIdle, serverReset, packet } }) =>
      isAfterIdle && serverReset.ttl === null
        ? `what forgets idle connections on the way answers as ${packetText(packet)} does; its TTL would tell, which a text has if it is printed with -v`
        : null,
    ),
    openSince(forgottenText),
    openSince(oneHopOff),
    ruledOutBy(({ server: { answerAfter }, incident, tests }) => {
      if (answerAfter === null) return null;
      const isOwn = tests.some(({ id, result }) => id === 'F5' && result === 'negative');
      const distance = isOwn ? `, and the reset’s TTL ${incident.serverReset.ttl} is the server’s own` : '';
      return claim(
        [answerAfter.packet],
        (answer) =>
          `nothing was lost or repeated; another request was answered ${later(answerAfter, incident.atNs)} (${answer})${distance}`,
      );
    }),
  ],
  otherwise: () => 'no other connection to compare with',
};

/** A foreign hand: the tests for one are weighed in judgements/forgery. */
export const SECURITY_AGENT: Cause<Case> = {
  means: 'A security agent, packet filter or IPS wrote the RST.',
  grounds: [
    supportedBy((subject) => {
      if (subject.verdict === 'none') return null;
      const reasons = [...foreignHand(subject), placeText(subject), blockListed(subject)?.text ?? ''];
      return claim([subject.incident.packet], () => reasons.filter((text) => text !== '').join('; '));
    }),
    supportedBy((subject) => (subject.shape === 'B' ? null : blockListed(subject))),
    ruledOutBy(({ shape, incident }) =>
      shape === 'B'
        ? claim(
            [incident.packet],
            (rst) => `RST ${rst} is a socket’s own abort, and no test for a foreign hand is positive`,
          )
        : null,
    ),
    openSince(({ tests, incident }) => {
      const [odd] = tests.filter(({ result }) => result === 'positive');
      return odd === undefined
        ? null
        : `a filter’s RST looks just like ${packetText(incident.packet)}; one thing speaks for another hand, which is not enough: ${testText(odd, { capturePoint: 'unknown' })}`;
    }),
    openSince((subject) => {
      const distance = oneHopOff(subject);
      return distance === null
        ? null
        : `a filter’s RST looks just like ${packetText(subject.incident.packet)}, and ${distance}`;
    }),
  ],
  otherwise: ({ shape, incident }) =>
    lacksTimestamps({ shape, incident })
      ? `RST ${packetText(incident.packet)} lacks the timestamps of its connection: a server that is no Linux may write it so, and so may a filter`
      : `a filter’s RST looks just like ${packetText(incident.packet)}; nothing betrays another hand`,
};
