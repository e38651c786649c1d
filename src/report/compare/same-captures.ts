import type { ReportDocument } from '../schema.js';

/** Whether two reports were made of the same captures, under whatever names: then only how they were read can differ. */
export function areOfSameCaptures({ captures: before }: ReportDocument, { captures: after }: ReportDocument): boolean {
  return before.length > 0 && before.length === after.length && before.every((one, at) => isSame(one, after[at]));
}

type Capture = ReportDocument['captures'][number];

function isSame(one: Capture, other: Capture | undefined): boolean {
  return (
    other !== undefined &&
    one.start !== null &&
    one.start === other.start &&
    one.durationSeconds === other.durationSeconds &&
    one.packets === other.packets &&
    one.bytes === other.bytes
  );
}
