/** What stands for a hidden value. */
export const HIDDEN = '…';

/** A request target for showing: its query hidden (`/a?…`) unless `reveal`. */
export function targetText(target: string, reveal: boolean): string {
  if (reveal) return target;
  const query = target.indexOf('?');
  return query < 0 ? target : `${target.slice(0, query)}?${HIDDEN}`;
}
