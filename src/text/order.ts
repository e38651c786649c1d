/** Orders text by its code units: the same everywhere, whatever the locale. For `sort`. */
export function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
