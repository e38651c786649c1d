import { countText } from '../../text/size.js';
import type { CaseAttribute } from './case.js';

/** What the failed requests share, as a clause; `failed` is what became of them. */
export function attributeText(attribute: CaseAttribute, failed = 'reset'): string {
  const { name, value, failedWithIt, answeredWithoutIt, answeredWithItBefore, isSinceFirst, p } = attribute;
  const shared = `all ${countText(failedWithIt)} ${failed} requests share ${name} ${value}`;
  const others =
    answeredWithItBefore === 0
      ? `none of ${countText(answeredWithoutIt)} answered requests${isSinceFirst ? ' since the first of them' : ''} has it`
      : `${countText(answeredWithItBefore)} with it ${answeredWithItBefore === 1 ? 'was' : 'were'} answered before the first was ${failed} and none since, where ${countText(answeredWithoutIt)} without it were answered${isSinceFirst ? ' since' : ''}`;
  return `${shared}; ${others} (chance of that: ${p.toExponential(0)})`;
}
