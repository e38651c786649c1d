/** Field values as rules ask for them. RFC 9110 §5. */
import type { Field } from '../../facts/field.js';

/** The first value of the field; `null`: there is none. */
export function fieldValue(fields: readonly Field[], name: string): string | null {
  for (const field of fields) if (field.name === name) return field.value;
  return null;
}

/** Whether the field's list, over all its lines, has this token, in any case. RFC 9110 §5.6.1. */
export function hasToken(fields: readonly Field[], name: string, token: string): boolean {
  for (const field of fields)
    if (field.name === name && field.value.split(',').some((one) => one.trim().toLowerCase() === token)) return true;
  return false;
}
