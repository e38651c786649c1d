/**
 * What all failed requests have in common and no answered one has (docs/judging.md): it turns "some
 * requests fail" into a cause.
 */
import type { RequestMessage } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { fisherExact, SIGNIFICANCE } from './chance.js';

/** Fields by which proxies say who asks: as good as a client's address. */
const SENDER_FIELDS = ['x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip', 'forwarded'] as const;
/** Other fields that a rule of a server may look at; that they are missing says as much. */
const OTHER_FIELDS = [
  'via',
  'origin',
  'content-type',
  'transfer-encoding',
  'expect',
  'upgrade',
  'te',
  'x-forwarded-proto',
  'x-forwarded-host',
  'cookie',
  'authorization',
] as const;
/** What holds a secret is only known to be there (http/kept-fields). */
const SECRET_FIELDS: ReadonlySet<string> = new Set(['cookie', 'authorization']);

/** Attributes of a request that may decide its fate, those that say most first. */
const ATTRIBUTES = [
  'x-forwarded-for',
  'x-forwarded-for-last',
  ...SENDER_FIELDS,
  'client-address',
  'suspicious-query',
  'user-agent',
  'authority',
  'path',
  'path-prefix',
  'method',
  'head-size',
  'body-size',
  'connection-use',
  ...OTHER_FIELDS,
] as const;
type AttributeName = (typeof ATTRIBUTES)[number];

/** A request's attributes; those it lacks are not there. */
export type Attributes = Partial<Record<AttributeName, string>>;

/** Of {@link Attributes}: the connection had carried another. */
const LATER_REQUEST = 'later request on its connection';

/** Characters kept of a value: enough to know it by, and a bound on what a hostile request makes us keep. */
export const MAX_ATTRIBUTE_LENGTH = 80;
/** Failed and answered requests needed of each, before anything is said. */
export const MIN_REQUESTS = 3;
/** Of the many fields that may differ by chance it is asked more than of the few attributes that tell who asks. */
const FIELD_SIGNIFICANCE = 0.001;

/** What of a request its attributes are made of. */
export type DescribedRequest = Pick<
  RequestMessage,
  'method' | 'target' | 'authority' | 'headBytes' | 'bodyBytes' | 'fields'
>;

/** Whether only later requests of connections fail, and none is known to have been answered: the server closes behind its first answer. */
export function isOfLaterRequests(
  attribute: Pick<DiscriminatingAttribute, 'name' | 'value' | 'answeredWithItBefore'> | null,
): boolean {
  return (
    attribute?.name === 'connection-use' && attribute.value === LATER_REQUEST && attribute.answeredWithItBefore === 0
  );
}

/** The attributes of a request by the client at `address`. */
export function attributesOf(request: DescribedRequest, address: string, isFirst: boolean): Attributes {
  const question = request.target.indexOf('?');
  const path = pathOf(request.target, question);
  const query = question < 0 ? '' : request.target.slice(question + 1);
  const attributes: Attributes = {
    'client-address': address,
    path: cut(path),
    'path-prefix': cut(path.split('/', 2).join('/')),
    method: cut(request.method),
    'head-size': sizeClass(request.headBytes),
    'body-size': sizeClass(request.bodyBytes),
    'connection-use': isFirst ? 'first request on its connection' : LATER_REQUEST,
  };
  if (request.authority !== null) attributes.authority = cut(request.authority.toLowerCase());
  if (SUSPICIOUS.test(`${path}?${query}`)) attributes['suspicious-query'] = "quotes, '<' or '../' in the target";
  for (const name of OTHER_FIELDS) attributes[name] = 'none';
  for (const { name, value } of request.fields) {
    if (name === 'x-forwarded-for') {
      const hops = value.split(',');
      attributes['x-forwarded-for'] = cut(hops[0]?.trim() ?? '');
      if (hops.length > 1) attributes['x-forwarded-for-last'] = cut(hops.at(-1)?.trim() ?? '');
    } else if (name === 'user-agent' || isSenderField(name)) attributes[name] = cut(value);
    else if (isOtherField(name)) attributes[name] = SECRET_FIELDS.has(name) ? 'sent' : cut(value);
  }
  return attributes;
}

/** Those of {@link attributesOf} by which a request is held against others of its kind. */
export function methodAndPathOf({ method, target }: Pick<DescribedRequest, 'method' | 'target'>) {
  return { method: cut(method), path: cut(pathOf(target, target.indexOf('?'))) };
}

function pathOf(target: string, question: number): string {
  return question < 0 ? target : target.slice(0, question);
}

function isSenderField(name: string): name is (typeof SENDER_FIELDS)[number] {
  return (SENDER_FIELDS as readonly string[]).includes(name);
}

function isOtherField(name: string): name is (typeof OTHER_FIELDS)[number] {
  return (OTHER_FIELDS as readonly string[]).includes(name);
}

/** What two requests share. Associative and commutative, so that it can be kept for any number of them. */
export function sharedAttributes(one: Attributes, other: Attributes): Attributes {
  const shared: Attributes = {};
  for (const name of ATTRIBUTES) {
    const value = one[name];
    if (value !== undefined && value === other[name]) shared[name] = value;
  }
  return shared;
}

/** An attribute that all failed requests share and, once they fail, no answered one has. */
export interface DiscriminatingAttribute {
  readonly name: AttributeName;
  readonly value: string;
  readonly failedWithIt: number;
  readonly answeredWithoutIt: number;
  /** Answered with it before the first failure: a block list takes effect after what filled it. */
  readonly answeredWithItBefore: number;
  /** Only what was answered from the first failure on is counted in `answeredWithoutIt`, and in the chance. */
  readonly isSinceFirst: boolean;
  /** Chance of such a split by itself: Fisher's exact test, one-sided. */
  readonly p: number;
  /** An answered request without it: the first since the first failure, where there is one. */
  readonly answeredPacket: PacketReference;
}

/** An answered request, as far as it is compared. */
interface Answered {
  readonly atNs: number;
  readonly packet: PacketReference;
  readonly attributes: Readonly<Partial<Record<string, string>>>;
}

/**
 * The first attribute that tells failed requests from answered ones; `null` when none does, or they are too few.
 *
 * Two comparisons are tried. Over the whole time, where those answered before the first failure count
 * against the attribute: a source that always got answers is not blocked. And from the first failure
 * on, since a block list takes effect at one moment; that one holds only where others were answered
 * while it failed, between the first failure and the last, so that no fault of a moment looks like it.
 */
export function discriminatingAttribute(
  shared: Attributes,
  failed: number,
  firstFailureNs: number,
  answered: readonly Answered[],
  lastFailureNs = firstFailureNs,
): DiscriminatingAttribute | null {
  if (failed < MIN_REQUESTS) return null;
  for (const name of ATTRIBUTES) {
    const value = shared[name];
    if (value === undefined) continue;
    const withIt = answered.filter(({ attributes }) => attributes[name] === value);
    const before = withIt.filter(({ atNs }) => atNs < firstFailureNs).length;
    if (withIt.length > before) continue;
    const without = answered.filter(({ attributes }) => attributes[name] !== value);
    const since = without.filter(({ atNs }) => atNs >= firstFailureNs);
    const [nearest] = (since.length > 0 ? [...since] : [...without]).sort(
      (one, other) => one.atNs - other.atNs || one.packet - other.packet,
    );
    if (nearest === undefined || without.length < MIN_REQUESTS) continue;
    const found = { name, value, failedWithIt: failed, answeredWithItBefore: before, answeredPacket: nearest.packet };
    const significance = isOtherField(name) ? FIELD_SIGNIFICANCE : SIGNIFICANCE;
    const overall = fisherExact(failed, 0, before, without.length);
    if (overall < significance) return { ...found, answeredWithoutIt: without.length, isSinceFirst: false, p: overall };
    const between = since.filter(({ atNs }) => atNs < lastFailureNs);
    const fromThen = fisherExact(failed, 0, 0, since.length);
    if (between.length >= MIN_REQUESTS && fromThen < significance)
      return { ...found, answeredWithoutIt: since.length, isSinceFirst: true, p: fromThen };
  }
  return null;
}

/** What an attack or a scanner's probe looks like, sent plain or percent-encoded. */
const SUSPICIOUS = /['"<]|\.\.\/|%27|%22|%3c|%2e%2e/i;

function cut(value: string): string {
  return value.length > MAX_ATTRIBUTE_LENGTH ? value.slice(0, MAX_ATTRIBUTE_LENGTH) : value;
}

/** Sizes by powers of two: `512 to 1,023 bytes` are one class. */
function sizeClass(bytes: number): string {
  if (bytes <= 0) return 'none';
  const low = 2 ** Math.floor(Math.log2(bytes));
  return `${low} to ${low * 2 - 1} bytes`;
}
