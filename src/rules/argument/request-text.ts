import { targetText } from '../../text/redaction.js';

/** Characters of a request target in a note; a longer one says no more. */
const MAX_TARGET = 120;

/** `GET /report?…`, the query hidden unless it is to be revealed. */
export function requestText(request: { readonly method: string; readonly target: string }, reveal: boolean): string {
  const target = targetText(request.target, reveal);
  return `${request.method} ${target.length > MAX_TARGET ? `${target.slice(0, MAX_TARGET)}…` : target}`;
}
