/**
 * Which key was meant where an input method is on that sends other characters than are on the keys: a list has
 * no use for Hangul, and vim's letters lie under it.
 */

/** Letters that arrive while Korean input is on (the two-set layout), as the keys they are on. */
const TWO_SET: Readonly<Record<string, string>> = {
  ㅂ: 'q',
  ㅈ: 'w',
  ㄷ: 'e',
  ㄱ: 'r',
  ㅅ: 't',
  ㅛ: 'y',
  ㅕ: 'u',
  ㅑ: 'i',
  ㅐ: 'o',
  ㅔ: 'p',
  ㅁ: 'a',
  ㄴ: 's',
  ㅇ: 'd',
  ㄹ: 'f',
  ㅎ: 'g',
  ㅗ: 'h',
  ㅓ: 'j',
  ㅏ: 'k',
  ㅣ: 'l',
  ㅋ: 'z',
  ㅌ: 'x',
  ㅊ: 'c',
  ㅍ: 'v',
  ㅠ: 'b',
  ㅜ: 'n',
  ㅡ: 'm',
  ㅃ: 'Q',
  ㅉ: 'W',
  ㄸ: 'E',
  ㄲ: 'R',
  ㅆ: 'T',
  ㅒ: 'O',
  ㅖ: 'P',
};
/** Fullwidth forms, which Japanese input sends, lie this far behind ASCII. */
const FULLWIDTH = 0xfee0;

/** The key that was meant, whatever input method is on. */
export function meantKey(key: string): string {
  const known = TWO_SET[key];
  if (known !== undefined) return known;
  const code = key.codePointAt(0) ?? 0;
  return key.length === 1 && code > 0xff00 && code < 0xff5f ? String.fromCharCode(code - FULLWIDTH) : key;
}
