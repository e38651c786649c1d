/**
 * Which requests were refused for the size of their heads. 431 and 414 say so; of a 400 it is inferred:
 *
 * - nothing as large is answered, and nothing in the request gives another reason (other-reason);
 * - the server hangs up with it of its own accord, as whoever cannot read a head has to, and smaller heads are
 *   not refused as well; or
 * - where a proxy hands the refusal on, and hangs up on nobody: the same is answered with a smaller head, too often for chance.
 */
import type { Endpoint } from '../../facts/endpoint.js';
import type { Confidence } from '../../facts/finding.js';
import { STATUS } from '../../facts/status.js';
import { fisherExact, SIGNIFICANCE } from '../judgements/chance.js';
import { methodAndPathOf } from '../judgements/discriminating-attribute.js';
import { spokenOtherwise } from '../judgements/spoken-otherwise.js';
import type { Moment } from '../tally/earliest.js';
import { answeredSample, type ServerBaseline } from '../tally/server-baseline.js';
import type { ServerTally } from './tally.js';
import { isLongTarget, saysTooLarge, type TooLarge } from './too-large.js';

/** How seldom chance may refuse only large heads of what a proxy hands on. */
const HANDED_ON_SIGNIFICANCE = 0.05;

/** Those that were refused for it, how sure that is, and a smaller head that was answered. */
export interface Refused {
  readonly items: readonly TooLarge[];
  readonly sure: Confidence;
  /** `null`: none is known. */
  readonly smaller: Moment | null;
}

/** See the head of this file. */
export function refusedForSize(server: ServerTally, baseline: ServerBaseline, endpoint: Endpoint): Refused {
  const kept = server.refused.earliest.items;
  const told = kept.filter(({ status }) => saysTooLarge(status));
  const isTls = spokenOtherwise(baseline.spoken, endpoint, 'clear') !== null;
  const unlike = kept.filter(
    (one) => !saysTooLarge(one.status) && !(one.isClear && isTls) && isLargerThanAnswered(one, server),
  );
  const dismissed = unlike.filter(({ isDismissed }) => isDismissed);
  const handedOn = unlike.filter(({ isDismissed }) => !isDismissed);
  const among = dealingsWithSmaller(dismissed, baseline, false);
  const alike = dealingsWithSmaller(handedOn, baseline, true);
  const isOfSize = among.refused === 0 || among.chance < SIGNIFICANCE;
  const isHandedOn = alike.refused === 0 && alike.chance <= HANDED_ON_SIGNIFICANCE;
  const items = [...told, ...(isOfSize ? dismissed : []), ...(isHandedOn ? handedOn : [])].sort(
    (one, other) => one.atNs - other.atNs || one.packet - other.packet,
  );
  const smaller = (isOfSize ? among.first : null) ?? (isHandedOn ? alike.first : null);
  const sure = items.length === told.length ? 'certain' : smaller === null ? 'possible' : 'likely';
  return { items, sure, smaller };
}

/** Where heads, and targets, as large are answered, a 400 has another reason. */
function isLargerThanAnswered(one: TooLarge, { largestAnswered, longestTarget }: ServerTally): boolean {
  if (one.headBytes > (largestAnswered?.headBytes ?? 0)) return true;
  return isLongTarget(one) && (one.request?.targetBytes ?? 0) > longestTarget;
}

interface Dealings {
  readonly refused: number;
  /** That only the large ones are refused, by chance. */
  readonly chance: number;
  readonly first: Moment | null;
}

/** How the server answers heads of less than half the size: all, or `isAlike` those of the same method and path. */
function dealingsWithSmaller(items: readonly TooLarge[], baseline: ServerBaseline, isAlike: boolean): Dealings {
  const below = Math.min(...items.map(({ headBytes }) => headBytes)) / 2;
  const asked = new Set(items.map(({ request }) => request && keyOf(request)));
  const smaller = answeredSample(baseline).filter(
    ({ request, attributes: { method = '', path = '' } }) =>
      request.headBytes < below && (!isAlike || asked.has(`${method} ${path}`)),
  );
  const refused = smaller.filter(({ status }) => status === STATUS.badRequest).length;
  const fine = smaller.filter(({ status }) => status < 400);
  const [first] = [...fine].sort((one, other) => one.atNs - other.atNs);
  return { refused, chance: fisherExact(items.length, refused, 0, fine.length), first: first ?? null };
}

function keyOf(request: { readonly method: string; readonly target: string }): string {
  const { method, path } = methodAndPathOf(request);
  return `${method} ${path}`;
}
