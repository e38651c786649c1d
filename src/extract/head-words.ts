/**
 * What becomes of the words in heads, whatever protocol they stand in: always as long as before, with
 * letters whose Huffman codes are as long (RFC 7541), so that nothing else changes.
 */
import { Redaction } from '../text/redaction.js';
import type { Pseudonyms } from './pseudonyms.js';
import { isKeptField } from './vocabulary.js';

/** See the head of this file. */
export interface HeadWords {
  /** A request target. */
  target(target: string): string;
  /** A field's value; `name` in lower case, empty where it is not known. */
  field(name: string, value: string, isNeverIndexed: boolean): string;
  /** Any other words: a reason, a farewell. */
  text(text: string): string;
}

/** Every word replaced but those that say nothing of anybody: `--anonymise`. */
export class OtherNames implements HeadWords {
  constructor(private readonly pseudonyms: Pseudonyms) {}

  target(target: string): string {
    return this.pseudonyms.text(target);
  }

  field(name: string, value: string): string {
    if (isKeptField(name)) return value;
    return name === ':authority' || name === 'host' ? this.pseudonyms.authority(value) : this.pseudonyms.text(value);
  }

  text(text: string): string {
    return this.pseudonyms.text(text);
  }
}

/** Secrets replaced, and nothing else: cookies, credentials, tokens in targets, what HTTP/2 marks as never to be indexed. */
export class OtherSecrets implements HeadWords {
  private readonly redaction: EqualLengthRedaction;

  constructor(private readonly pseudonyms: Pseudonyms) {
    this.redaction = new EqualLengthRedaction(pseudonyms);
  }

  target(target: string): string {
    return this.redaction.target(target);
  }

  field(name: string, value: string, isNeverIndexed: boolean): string {
    // The block refers to what the capture does not hold: it may be a cookie.
    if (name === '') return this.pseudonyms.secret(value);
    return this.redaction.field(name, value, isNeverIndexed && !isKeptField(name));
  }

  text(text: string): string {
    return this.redaction.text(text);
  }
}

/** Puts another word of equal length where others would put its shape. */
class EqualLengthRedaction extends Redaction {
  constructor(private readonly pseudonyms: Pseudonyms) {
    super(false, null);
  }

  override secret(value: string): string {
    return this.pseudonyms.secret(value);
  }
}
