/** What connections that ended at one moment say, and why they say nothing, in words. */
import { durationText } from '../../text/duration.js';
import { type Claim, claim } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import type { Doubt, EndedTogether, OneMoment } from './one-moment.js';

/** That they are the end of a process; `null`: they are not known to be. */
export function processEndClaim(together: EndedTogether | null, back = ''): Claim | null {
  if (together === null || !together.isProcessEnd) return null;
  const { moment } = together;
  const share = moment.inWork < together.looked ? `; ${shareText(together)} lost at such a moment` : '';
  return claim(
    [moment.first, moment.last],
    (first, last) => `${endsText(moment, first, last)}: no time-out ends these together${share}${back}`,
  );
}

/** That connections ended with the request which had none: neither it nor a timer of its own was the reason. */
export function endedWithIdle(together: EndedTogether | null): Claim | null {
  if (together === null || !together.isProcessEnd || together.moment.idle === null) return null;
  const { connections, inWork, first: from, last: to } = together.moment;
  return claim(
    [from, to],
    (first, last) =>
      `${manyText(connections - inWork, 'connection')} without a request ended with it (${first} to ${last})`,
  );
}

/** Why they are not known to be the end of a process; `null`: they are, or all had requests of one age. */
export function doubtText(together: EndedTogether | null): string | null {
  if (together === null || together.isProcessEnd) return null;
  const { moment } = together;
  if (moment.idle === null && moment.doubt === 'one-age') return null;
  const ends = endsText(moment, packetText(moment.first), packetText(moment.last));
  if (moment.doubt !== null) return `${ends}; ${DOUBTS[moment.doubt]}`;
  return `${ends}, but only ${shareText(together)} lost at such a moment`;
}

function shareText({ lost, looked }: EndedTogether): string {
  if (lost === looked) return looked === 2 ? 'both requests were' : `all ${looked} requests were`;
  return `${lost} of ${looked} requests ${lost === 1 ? 'was' : 'were'}`;
}

/** `4 connections ended within 18 ms (#46 to #53), 1 with a request in progress (28 ms old), 3 idle for 140 ms – 289 ms`. */
function endsText(
  { connections, inWork, work, idle, spreadNs, isTls }: OneMoment,
  first: string,
  last: string,
): string {
  const parts = [`${manyText(connections, 'connection')} ended within ${durationText(spreadNs)} (${first} to ${last})`];
  if (work !== null) parts.push(`${inWork} with a request in progress (${spreadText(work.lowest, work.highest)} old)`);
  if (idle !== null) parts.push(`${connections - inWork} idle for ${spreadText(idle.lowest, idle.highest)}`);
  if (isTls) parts.push('none with a close_notify');
  return parts.join(', ');
}

const DOUBTS: Readonly<Record<Doubt, string>> = {
  'one-age': 'what was idle had been so for equally long, as with a time-out',
  'one-look':
    'all had been silent for a second and more: a server that looks in turns for what is silent does the same',
  'one-opening': 'they were opened at one moment too: a limit on the age of a connection would do the same',
  usual: 'this server ends connections together at other times too, or so many that it may be chance',
  'handed-on': 'connections that it had itself to others ended just then: it may have handed that on',
};
