/** What would show more than a run in which nothing was found: a clause each, the most telling first. */
import type { Analysis, KeysGiven } from '../facts/summary.js';

const KEY_ADVICE: Readonly<Record<KeysGiven, string>> = {
  'no-log': 'give a TLS key log (--keylog)',
  'empty-log': 'give a TLS key log that holds keys (SSLKEYLOGFILE of the client or server)',
  keys: 'give the TLS key log of these very connections (SSLKEYLOGFILE of their client or server)',
};

const NO_CONNECTION_ADVICE = "capture with tcpdump -s0 -w FILE 'tcp port 80' on the host of the proxy or server";

/** See the head of this file. */
export function adviceClauses({ bothLegs, connections, exchanges, keysGiven, unseen }: Analysis): string[] {
  if (connections === 0) return [NO_CONNECTION_ADVICE];
  const advice: string[] = [];
  const isMostlyUnread = exchanges === 0 ? unseen.encrypted > 0 : unseen.encrypted > connections / 2;
  if (isMostlyUnread) advice.push(`${KEY_ADVICE[keysGiven]}, or capture where TLS ends`);
  if (unseen.snapped > 0) advice.push('capture all of each packet (tcpdump -s0)');
  if (unseen.withLostBytes > 0) advice.push('give the capture a larger buffer (tcpdump -B 65536)');
  if (unseen.oneSided > 0) advice.push('capture where both directions pass');
  if (unseen.midStream > connections / 2) advice.push('begin the capture before the clients connect');
  if (unseen.legsBehind.length > 0) advice.push('capture behind the proxy whose 502 or 504 tell of a server there');
  else if (!bothLegs) advice.push('where a proxy stands in between, capture on its other side as well');
  return advice;
}
