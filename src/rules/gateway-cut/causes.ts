/** Why requests were cut, each cause supported, ruled out or left open, with the packets that say so. */
import { durationText } from '../../text/duration.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { SOON_NS } from '../tally/activity.js';
import type { Case } from './case.js';
import type { Cut } from './incident.js';

/** As many ends at one moment are no chance. */
const TOGETHER = 3;
/** A single one may have met anything. */
const NEVER = 2;

function spread({ delay }: Case): string {
  return spreadText(delay.lowest, delay.highest);
}

function firstOf({ cuts, first }: Case, is: (cut: Cut) => boolean): Cut {
  return cuts.find(is) ?? first;
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'worker-ended': {
    means: 'The process that had the request ended: a crash, a kill because memory ran out, an end on purpose.',
    grounds: [
      ruledOutBy(({ sorts, first }) =>
        sorts.read === 0 && sorts.crossed > 0
          ? claim([first.packet], (end) => `the end acknowledges nothing of the request (${end}): nobody had read it`)
          : null,
      ),
      supportedBy(({ refusedNext, first }) =>
        refusedNext === null
          ? null
          : claim(
              [first.packet, refusedNext.packet],
              (end, refusal) =>
                `the next SYN was refused ${durationText(refusedNext.atNs - first.atNs)} after the end ${end} (${refusal})`,
            ),
      ),
      supportedBy(({ atOnce, first }) =>
        atOnce < TOGETHER
          ? null
          : claim([first.packet], (end) => `${manyText(atOnce, 'connection')} ended at one moment (from ${end})`),
      ),
      ruledOutBy((subject) =>
        subject.delaysCluster
          ? claim(
              [subject.first.packet],
              (end) =>
                `${manyText(subject.sorts.read, 'connection')} ended at different moments, each ${spread(subject)} after its request (from ${end}): a timer`,
            )
          : null,
      ),
      openSince((subject) =>
        subject.sorts.read > 0 && subject.delay.highest >= SOON_NS
          ? `${spread(subject)} passed before the end: a limit on that time may have ended it as well`
          : null,
      ),
      supportedBy((subject) => {
        if (subject.sorts.read === 0 || subject.served === null) return null;
        const read = firstOf(subject, ({ sort }) => sort === 'read');
        return claim(
          [read.packet, subject.served.packet],
          (end, other) =>
            `it had the request and ended ${spread(subject)} later without the answer that ends each request (${end}); others are served (connection from ${other})`,
        );
      }),
    ],
    otherwise: ({ first }) => `nothing else of the server is known (${packetText(first.packet)})`,
  },
  'never-served': {
    means:
      'It serves nobody who asks so: it lets this web server not in (PHP-FPM’s listen.allowed_clients), or speaks another protocol.',
    grounds: [
      ruledOutBy(({ served, spoken, first }) => {
        const packet = served?.packet ?? (spoken > 0 ? first.packet : null);
        return packet === null
          ? null
          : claim([packet], (other) => `it speaks on other connections, or spoke before (${other})`);
      }),
      supportedBy((subject) => {
        const { otherwise, first } = subject;
        return otherwise === null
          ? null
          : claim(
              [otherwise.packet, first.packet],
              (other, end) =>
                `it speaks otherwise with others (${other}), and on none of these connections (from ${end})`,
            );
      }),
      supportedBy((subject) =>
        subject.sorts.read < NEVER ||
        subject.delay.highest >= SOON_NS ||
        subject.refusedNext !== null ||
        subject.atOnce >= TOGETHER
          ? null
          : claim(
              [subject.first.packet],
              (end) =>
                `on none of ${manyText(subject.connections, 'connection')} it said a byte, and each ended ${spread(subject)} after its request (from ${end})`,
            ),
      ),
    ],
    otherwise: () => 'too little was seen of it',
  },
  'time-limit': {
    means: 'A limit on how long a request may take: PHP-FPM’s request_terminate_timeout, uWSGI’s harakiri.',
    grounds: [
      supportedBy((subject) =>
        subject.delaysCluster
          ? claim(
              [subject.first.packet],
              (end) =>
                `${subject.sorts.read} delays agree: ${spread(subject)} from the request to the end (from ${end})`,
            )
          : null,
      ),
      ruledOutBy((subject) =>
        subject.sorts.read === 0 || subject.delay.highest < SOON_NS
          ? claim([subject.first.packet], (end) =>
              subject.sorts.read === 0
                ? `no request was in progress when its connection ended (from ${end})`
                : `the end came ${spread(subject)} after the request (from ${end})`,
            )
          : null,
      ),
    ],
    otherwise: (subject) => `${spread(subject)} passed, which agree in nothing`,
  },
  'idle-race': {
    means: 'The application server gave an idle connection up just as the web server used it.',
    grounds: [
      supportedBy((subject) => {
        if (subject.sorts.crossed === 0) return null;
        const cut = firstOf(subject, ({ sort }) => sort === 'crossed');
        return claim(
          [cut.asked.packet, cut.packet],
          (request, end) =>
            `the connection had been idle for ${durationText(cut.idleNs ?? 0)} when the request came (${request}), and the end acknowledges nothing of it (${end})`,
        );
      }),
      openSince(({ cuts }) => {
        const idle = cuts.find(({ idleNs }) => idleNs !== null);
        return idle === undefined
          ? null
          : `the connection had been idle for ${durationText(idle.idleNs ?? 0)}, but the end acknowledges the request (${packetText(idle.packet)})`;
      }),
      ruledOutBy(({ first }) =>
        claim([first.asked.packet], (request) => `no connection had been idle before its request (from ${request})`),
      ),
    ],
    otherwise: () => 'how long they had been idle is not known',
  },
  'body-unread': {
    means:
      'The application answered without reading the request’s body, and ended the connection with the rest of it unread.',
    grounds: [
      supportedBy((subject) => {
        if (subject.sorts.early === 0) return null;
        const cut = firstOf(subject, ({ sort }) => sort === 'early');
        return claim(
          [cut.asked.packet, cut.packet],
          (data, reset) =>
            `the server had begun to answer, and reset the connection (${reset}) while data of the request still came (${data})`,
        );
      }),
      ruledOutBy(({ first }) =>
        claim([first.packet], (end) => `the request had got no answer at all before the end (from ${end})`),
      ),
    ],
    otherwise: () => 'what was said is not read',
  },
};
