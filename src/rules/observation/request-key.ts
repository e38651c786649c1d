/** Numbers by which a request, its retry and its other leg are known again. */
import { type RequestMessage, UNKNOWN_TEXT } from '../../facts/exchange.js';
import { rankOf, rankOfText } from '../tally/rank.js';
import { WORD } from './exchange-rows.js';

/** Characters of a target that tell it from others: a proxy may take a prefix off, never what tells requests apart. */
const TARGET_END = 64;

/** Bits of a key beside those that both legs share: as many as a number holds exactly. */
const OWN_BITS = 21;

/**
 * Equal for a request and its retry: same client address (`clientRank`: its rank), same X-Forwarded-For
 * behind a gateway, method, target and length of the body. The low 32 bits are {@link legKeyOf};
 * -1: nobody knows what was asked for.
 */
export function requestKey(clientRank: number, request: RequestMessage): number {
  return isUnknown(request) ? -1 : keyOf(legKeyOf(request), clientRank, request);
}

/** {@link targetKeyOf}, of the target without a scheme and an authority: equal on both legs of a forward proxy, too. */
export function legKeyOf({ method, target }: Pick<RequestMessage, 'method' | 'target'>): number {
  const path = target.charCodeAt(0) === SLASH ? target : target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return targetKeyOf(method, path);
}

/** Method and the end of the target, in 32 bits: equal on both legs of a reverse proxy. */
function targetKeyOf(method: string, target: string): number {
  if (method !== lastMethod) {
    lastMethod = method;
    lastMethodRank = rankOfText(method);
  }
  return rankOfText(target, lastMethodRank, Math.max(0, target.length - TARGET_END));
}

const SLASH = 0x2f;

/** Methods and user agents come again and again; nothing depends on these but speed. */
let lastMethod = '';
let lastMethodRank = rankOfText('');
let lastAgent = '';
let lastAgentRank = rankOfText('');

/** A User-Agent in 32 bits. */
export function agentRank(agent: string): number {
  if (agent !== lastAgent) {
    lastAgent = agent;
    lastAgentRank = rankOfText(agent);
  }
  return lastAgentRank;
}

/** Nobody knows what was asked for. */
export function isUnknown({ method, target }: RequestMessage): boolean {
  return method === UNKNOWN_TEXT || target === UNKNOWN_TEXT;
}

/** {@link requestKey}, where the part of its legs is known. */
export function keyOf(legKey: number, clientRank: number, { target, contentLength, fields }: RequestMessage): number {
  // A body of unknown length is one of length -1.
  let own = rankOf((contentLength ?? -1) + 1) ^ clientRank ^ target.length;
  // What the leg's part leaves out: no proxy stands between a request and its retry.
  if (target.length > TARGET_END) own = rankOfText(target.slice(0, -TARGET_END), own);
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at];
    if (field !== undefined && field.name === 'x-forwarded-for') own = rankOfText(field.value, own);
  }
  return (rankOf(own) >>> (32 - OWN_BITS)) * WORD + legKey;
}
