/**
 * A connection that was opened for one name (the server name of its ClientHello) carries requests
 * for another (RFC 9113 §9.1.1): browsers do so where one certificate is for both, pools of proxies
 * do so unasked. Harmless where requests are routed by their own name; where the name of the
 * connection decides, the wrong server answers.
 *
 * One connection shows which requests those are (reuse.ts). Whether the right server answered needs
 * others: the legs behind the proxy, answers on connections of the right name, retries of what was
 * refused (tally.ts, judge.ts). Without keys, DNS and silence tell a little (sealed.ts).
 */
import { concludeRun } from './cross-sni-reuse/conclude.js';
import { META } from './cross-sni-reuse/meta.js';
import { type CrossSniReuseTally, mergeTally, newTally, observe } from './cross-sni-reuse/tally.js';
import { defineRule } from './rule.js';

/** See the head of this file. */
export const crossSniReuse = defineRule<CrossSniReuseTally>({
  meta: META,
  seesEveryday: true,
  tally: newTally,
  inspect: observe,
  merge: mergeTally,
  conclude: concludeRun,
});
