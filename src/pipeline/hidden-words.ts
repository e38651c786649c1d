/**
 * What rules keep of captured words, with secrets hidden, for a part of a run that is written to a file:
 * equal words stay equal in all parts (their hashes have one salt), so what is merged says the same.
 */
import { fileNameText, type Redaction } from '../text/redaction.js';

const METHOD_AND_TARGET = /^([A-Z][A-Z-]{1,15} )(\S+)$/;
/** A method and a target's end, which may be a token that nothing tells as one: it is only compared (rules/judgements/leg-key). */
const LEG_KEY = /^(?!CONNECT )([A-Z][A-Z-]{1,15} )([^\s/]{12,})$/;
const BEGINS_AS_TARGET = /^(?:\/|[a-z][a-z0-9+.-]*:\/\/)/i;

/** @param written Plain data as JSON.parse gives it back. */
export function hiddenWords(written: unknown, redaction: Redaction): unknown {
  return JSON.parse(
    JSON.stringify(written, function (this: unknown, key: string, value: unknown) {
      return typeof value === 'string' && key !== '$' ? hiddenWord(value, key, this, redaction) : value;
    }),
  );
}

function hiddenWord(value: string, key: string, holder: unknown, redaction: Redaction): string {
  if (key === 'value' && isField(holder)) return redaction.field(holder.name, value);
  if (key === 'file') return fileNameText(value, redaction.reveal);
  if (key === 'authority') return redaction.authority(value);
  if (BEGINS_AS_TARGET.test(value) || key === 'target') return redaction.target(value);
  const [, asked = '', end] = LEG_KEY.exec(value) ?? [];
  if (end !== undefined) return asked + redaction.secret(end);
  const [, method = '', target] = METHOD_AND_TARGET.exec(value) ?? [];
  return target === undefined ? redaction.text(value) : method + redaction.target(target);
}

function isField(holder: unknown): holder is { readonly name: string } {
  return typeof holder === 'object' && holder !== null && 'name' in holder && typeof holder.name === 'string';
}
