import { targetText } from '../../text/redaction.js';
import { manyText } from './figures.js';

/** Characters of a request target in a note; a longer one says no more. */
const MAX_TARGET = 120;

/** `GET /report?…`, the query hidden unless it is to be revealed. */
export function requestText(request: { readonly method: string; readonly target: string }, reveal: boolean): string {
  return `${request.method} ${shownTarget(request.target, reveal)}`;
}

/** A target as it stands in a note: cut, and its query hidden unless it is to be revealed. */
export function shownTarget(target: string, reveal: boolean): string {
  const shown = targetText(target, reveal);
  return shown.length > MAX_TARGET ? `${shown.slice(0, MAX_TARGET)}…` : shown;
}

/**
 * `, 255 bytes` of a request; nothing where the capture holds but a part of it and does not tell how
 * long it was.
 *
 * @param spanBytes How many bytes of the client's stream it takes, where that is known otherwise.
 */
export function sizeText({ headBytes, bodyBytes, lostBytes }: SentRequest, spanBytes: number | null = null): string {
  const bytes = lostBytes === 0 ? headBytes + bodyBytes : spanBytes;
  return bytes === null ? '' : `, ${manyText(bytes, 'byte')}`;
}

/** What is known of a request's length. */
interface SentRequest {
  readonly headBytes: number;
  readonly bodyBytes: number;
  /** Bytes of it that the capture does not hold. */
  readonly lostBytes: number;
}
