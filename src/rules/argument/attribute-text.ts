import { chanceText } from '../../text/chance.js';
import { countText } from '../../text/size.js';
import type { DiscriminatingAttribute } from '../judgements/discriminating-attribute.js';

/** What the failed requests share and others do not, as a clause; `failed` is what became of them. */
export function attributeText(attribute: DiscriminatingAttribute, failed = 'reset'): string {
  const { answeredWithoutIt, answeredWithItBefore, isSinceFirst, p } = attribute;
  const others =
    answeredWithItBefore === 0
      ? `none of ${countText(answeredWithoutIt)} answered requests${isSinceFirst ? ' since the first of them' : ''} has it`
      : `${countText(answeredWithItBefore)} with it ${answeredWithItBefore === 1 ? 'was' : 'were'} answered before the first was ${failed} and none since, where ${countText(answeredWithoutIt)} without it were answered${isSinceFirst ? ' since' : ''}`;
  return `${sharedText(attribute, failed)}; ${others} (chance of that: ${chanceText(p)})`;
}

/** The same without what became of others, where that is said already. */
export function sharedText({ name, value, failedWithIt }: DiscriminatingAttribute, failed = 'reset'): string {
  return `all ${countText(failedWithIt)} ${failed} requests share ${attributeValueText(name, value)}`;
}

/** `client address 10.0.0.11`, `a body of 8192 to 16383 bytes`; of a field its name and value. */
export function attributeValueText(name: string, value: string): string {
  switch (name) {
    case 'client-address':
      return `client address ${value}`;
    case 'x-forwarded-for-last':
      return `the last address of x-forwarded-for, ${value}`;
    case 'suspicious-query':
      return value;
    case 'path-prefix':
      return `a path below ${value}`;
    case 'head-size':
      return `a head of ${grouped(value)}`;
    case 'body-size':
      return value === 'none' ? 'that they have no body' : `a body of ${grouped(value)}`;
    case 'connection-use':
      return `that each is the ${value}`;
    default:
      return `${name} ${value}`;
  }
}

/** `8192 to 16383 bytes` with the figures as a sentence has them. */
function grouped(value: string): string {
  return value.replace(/\d{4,}/g, (figure) => countText(Number(figure)));
}
