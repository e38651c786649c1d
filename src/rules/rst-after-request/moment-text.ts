/** When something was at the server, told from the reset. */
import { durationText } from '../../text/duration.js';
import type { CaseMoment } from './case.js';

/** Whether something came before a refusal; `null`, what never came, did not. */
export function isBefore(moment: CaseMoment | null, refusal: CaseMoment): boolean {
  return moment !== null && moment.atNs < refusal.atNs;
}

/** `4 ms later`: than the reset, which was at `atNs`. */
export function later(moment: CaseMoment, atNs: number): string {
  return `${durationText(moment.atNs - atNs)} later`;
}

/** `4 ms before` the reset, or `4 ms later`. */
export function near(moment: CaseMoment, atNs: number): string {
  return moment.atNs < atNs ? `${durationText(atNs - moment.atNs)} before` : later(moment, atNs);
}
