import { countText } from '../../text/size.js';
import type { CaseAttribute } from './case.js';

/** What the failed requests share, as a clause. */
export function attributeText(attribute: CaseAttribute): string {
  const { name, value, failedWithIt, answeredWithoutIt, answeredWithItBefore, isSinceFirst, p } = attribute;
  const shared = `all ${countText(failedWithIt)} reset requests share ${name} ${value}`;
  const others =
    answeredWithItBefore === 0
      ? `none of ${countText(answeredWithoutIt)} answered requests${isSinceFirst ? ' since the first of them' : ''} has it`
      : `${countText(answeredWithItBefore)} with it ${answeredWithItBefore === 1 ? 'was' : 'were'} answered before the first reset and none since, where ${countText(answeredWithoutIt)} without it were answered${isSinceFirst ? ' since' : ''}`;
  return `${shared}; ${others} (chance of that: ${p.toExponential(0)})`;
}
