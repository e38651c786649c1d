import type { FieldName } from '../filter/fields.js';
import type { Filter } from '../filter/filter.js';
import { filterErrorText, parseFilter } from '../filter/parse.js';
import { fileWord } from '../text/shell-word.js';
import { visible } from '../text/visible.js';
import { UsageError } from './exit-code.js';

/**
 * The filter of `--filter`.
 *
 * @param isField Whether what is filtered has this field; `what` names it in the message where it has not.
 * @throws {UsageError} for what cannot be read
 */
export function filterOf(
  expression: string,
  isField: (field: FieldName) => boolean,
  what: string,
  files: readonly string[],
): Filter {
  const { filter, error } = parseFilter(expression);
  if (error !== null) {
    const [file = '-'] = files;
    const capture = file === '-' ? file : fileWord(file);
    const place = error.isWireshark ? `${expression.slice(error.start, error.end)}: ` : '';
    throw refused(`${place}${filterErrorText(error, expression, capture)}`);
  }
  for (const { fields } of filter.terms) {
    const foreign = fields?.find((field) => !isField(field));
    if (foreign !== undefined) throw refused(`${foreign}: ${what}`);
  }
  return filter;
}

function refused(message: string): UsageError {
  return new UsageError(`--filter: ${visible(message)}`);
}
