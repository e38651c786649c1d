/** The causes of a refusal, each supported, ruled out or left open, with the packets that say so. */

import { durationText } from '../../text/duration.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import type { Case } from './case.js';
import { META } from './meta.js';

const meansOf = (cause: string): string => META.hypotheses[cause] ?? '';

/** The narrower a cause, the earlier it stands: a server that is restarted does not listen for a while. */
export const CAUSES: Causes<Case> = {
  restarting: {
    means: meansOf('restarting'),
    grounds: [
      supportedBy(({ isInterval, accepts, first, last }: Case) =>
        isInterval && accepts.first !== null && accepts.last !== null
          ? claim(
              [accepts.first.packet, first.packet, accepts.last.packet],
              (before, refusal, after) =>
                `it accepted before (${before}), refused from ${refusal} to ${packetText(last.packet)}, and accepted again (${after})`,
            )
          : null,
      ),
      supportedBy(({ spells: [one, another], spells, accepts }: Case) =>
        one === undefined || another === undefined || accepts.first === null
          ? null
          : claim(
              [accepts.first.packet, one.first.packet, another.first.packet],
              (before, first, second) =>
                `it accepted before (${before}), refused all from ${first} to ${packetText(one.last.packet)}, accepted again, and refused all from ${second} to ${packetText(another.last.packet)}${spells.length > 2 ? ', and so on' : ''}`,
            ),
      ),
      ruledOutBy(({ inTurns, accepts }: Case) =>
        inTurns && accepts.first !== null
          ? claim([accepts.first.packet], (accept) => `others were accepted between refusals (from ${accept})`)
          : null,
      ),
      openSince(({ inCloseSpells }: Case) =>
        inCloseSpells
          ? 'it accepted, refused all for a while, and so again within seconds: one that ends and is started again each time looks like that, and a limit that is reached now and then'
          : null,
      ),
      openSince(({ acceptBetween }: Case) =>
        acceptBetween === true
          ? 'it accepted others between refusals, but not right between them: it may have been restarted more than once'
          : null,
      ),
      ruledOutBy(({ accepts, first }: Case) =>
        accepts.first === null
          ? claim([first.packet], (refusal) => `no connection was accepted before or after ${refusal}`)
          : null,
      ),
    ],
    otherwise: ({ accepts, first, lastNs, count }: Case) => {
      const before = accepts.first !== null && accepts.first.atNs < first.syn.atNs ? accepts.first : null;
      const after = accepts.last !== null && accepts.last.atNs > lastNs ? accepts.last : null;
      if (before !== null && after !== null)
        return `it accepted before (${packetText(before.packet)}) and after (${packetText(after.packet)}), and was seen to refuse ${count === 1 ? 'once only' : `for ${durationText(lastNs - first.syn.atNs)} only`}`;
      return after === null
        ? 'it accepted before the refusals, and was not seen to do so after'
        : 'it accepted after the refusals, and was not seen before';
    },
  },
  firewall: {
    means: meansOf('firewall'),
    grounds: [
      supportedBy(({ foreign }: Case) => foreign && claim([foreign.packet], (refusal) => `${refusal}: ${foreign.why}`)),
      supportedBy(({ bySource, first }: Case) =>
        bySource === null
          ? null
          : claim(
              [first.packet, bySource.accept.packet],
              (refusal, accept) =>
                `from ${refusal} on ${bySource.clients.slice(0, 3).join(', ')} ${bySource.clients.length === 1 ? 'is' : 'are'} always refused, ${manyText(bySource.others, 'connection')} of others never (${accept}): what refuses goes by the source, on the host itself where the TTL is the server’s`,
            ),
      ),
      openSince(({ others, first, accepts }: Case) =>
        others === null || first.ttl === null || accepts.first?.ttl !== first.ttl
          ? null
          : `its TTL is the server’s (${first.ttl}), so no device on the way wrote it; a filter of the host itself writes the same, and others are accepted since (${packetText(others.packet)})`,
      ),
      // A filter that is put in and taken out again while a service is stopped and started is far-fetched.
      openSince(({ first, accepts, isInterval, spells }: Case) =>
        isInterval || spells.length > 0 || first.ttl === null || accepts.first?.ttl !== first.ttl
          ? null
          : `its TTL is the server’s (${first.ttl}), so no device on the way wrote it; a filter of the host itself writes the same`,
      ),
      ruledOutBy(({ first, accepts }: Case) =>
        first.ttl !== null && accepts.first?.ttl === first.ttl
          ? claim(
              [first.packet, accepts.first.packet],
              (refusal, accept) => `RST ${refusal} has the TTL of the server’s SYN-ACK ${accept} (${first.ttl})`,
            )
          : null,
      ),
    ],
    otherwise: ({ first, accepts }: Case) =>
      first.icmp === null && accepts.first !== null
        ? 'the capture does not say the TTLs by which a refusal from another sender would show'
        : 'nothing of the server was seen to compare the refusal with',
  },
  'not-listening': {
    means: meansOf('not-listening'),
    grounds: [
      ruledOutBy(({ inTurns, accepts, first }: Case) =>
        inTurns && accepts.first !== null
          ? claim(
              [accepts.first.packet, first.packet],
              (accept, refusal) => `others were accepted between refusals (from ${accept}, refusals from ${refusal})`,
            )
          : null,
      ),
      ruledOutBy(
        ({ foreign }: Case) =>
          foreign &&
          claim([foreign.packet], (refusal) => `${refusal} was not written for want of a listener: ${foreign.why}`),
      ),
      openSince(({ bySource }: Case) => bySource && 'others are accepted all the time'),
      openSince(({ accepts, isInterval, lastNs, spells }: Case) =>
        accepts.last !== null && accepts.last.atNs > lastNs && !isInterval && spells.length === 0
          ? 'it accepted others before and after: a packet filter that rejects these clients writes the same RST'
          : null,
      ),
      supportedBy(({ first, accepts }: Case) =>
        first.icmp !== null
          ? null
          : claim([first.packet], (refusal) =>
              accepts.first === null
                ? `RST ${refusal} is what a kernel sends for a closed port, and no connection to it was accepted in the capture`
                : `RST ${refusal} is what a kernel sends for a closed port${first.ttl === null || accepts.first.ttl === null ? '' : ', with the TTL of the server’s SYN-ACKs'}`,
            ),
      ),
    ],
    otherwise: () => 'the refusals are ICMP errors: whether anybody listens is not known',
  },
  'host-gone': {
    means: meansOf('host-gone'),
    grounds: [
      supportedBy(
        ({ gone }: Case) =>
          gone &&
          claim([gone.packet], (error) => `${error}: ${gone.icmp?.sender ?? ''} finds no way to it, or nobody there`),
      ),
      ruledOutBy(({ first }: Case) =>
        first.icmp !== null ? null : claim([first.packet], (refusal) => `somebody answered (${refusal})`),
      ),
    ],
    otherwise: () => 'the ICMP error does not say so, or comes from the host itself',
  },
  'wrong-port': {
    means: meansOf('wrong-port'),
    grounds: [
      ruledOutBy(({ accepts }: Case) =>
        accepts.first === null
          ? null
          : claim([accepts.first.packet], (accept) => `this port accepted a connection (${accept})`),
      ),
      ruledOutBy(({ answer }: Case) => answer && claim([answer.packet], (packet) => `this port answered (${packet})`)),
      supportedBy(({ otherPort }: Case) =>
        otherPort === null
          ? null
          : claim(
              [otherPort.packet],
              (accept) => `port ${otherPort.port} of the same address accepted a connection (${accept})`,
            ),
      ),
    ],
    otherwise: () => 'no other port of the address was tried',
  },
  'queue-full': {
    means: meansOf('queue-full'),
    grounds: [
      openSince(({ bySource }: Case) => bySource && 'who is refused is decided by the source'),
      openSince(({ inCloseSpells }: Case) =>
        inCloseSpells
          ? 'each time it refused all for a while: it may as well have been restarted again and again'
          : null,
      ),
      ruledOutBy(({ spells: [one, another] }: Case) =>
        one === undefined || another === undefined
          ? null
          : claim(
              [one.first.packet, another.first.packet],
              (first, second) =>
                `from ${first} to ${packetText(one.last.packet)} nobody was accepted, nor from ${second} to ${packetText(another.last.packet)}`,
            ),
      ),
      supportedBy(({ inTurns, accepts, foreign }: Case) =>
        inTurns && accepts.first !== null && foreign === null
          ? claim(
              [accepts.first.packet],
              (accept) =>
                `it accepted others between refusals (from ${accept}): several workers of which one listens no more, or a limit`,
            )
          : null,
      ),
      ruledOutBy(({ acceptBetween, first }: Case) =>
        acceptBetween === false
          ? claim([first.packet], (refusal) => `from ${refusal} to the last refusal nobody was accepted`)
          : null,
      ),
    ],
    otherwise: ({ count }: Case) =>
      count === 1
        ? 'there is one refusal, so none between which others might be accepted'
        : 'whether others were accepted between refusals is not known so finely',
  },
};
