import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { expect, it } from 'vitest';

/** An apostrophe as typewriters have it, within a word or at the end of a plural: `server's`, `servers' names`. */
const TYPEWRITTEN = /\p{L}'(?:\p{Ll}{1,2}\b|(?<=s') \p{Ll})(?!')/u;
/** The same where an inserted value ends: `${name}'s`. */
const AFTER_VALUE = /^'\p{Ll}{1,2}\b/u;

it("an apostrophe is ’ in all that the program says (--ascii makes it ')", () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
  expect(files.length).toBeGreaterThan(500);
  expect(files.flatMap((file) => typewritten(path.join('src', file)))).toEqual([]);
});

/** The texts of a source file that have the other apostrophe. */
function typewritten(file: string): string[] {
  const found: string[] = [];
  const program: unknown = parseAst(readFileSync(file, 'utf8'), { lang: file.endsWith('x') ? 'tsx' : 'ts' });
  JSON.stringify(program, (_key, value: unknown) => {
    const text = textOf(value);
    if (text !== null && (TYPEWRITTEN.test(text.said) || (text.isPart && AFTER_VALUE.test(text.said))))
      found.push(`${file}: ${text.said}`);
    return typeof value === 'bigint' ? null : value;
  });
  return found;
}

/** What a node of a syntax tree says, where it is a text; `isPart`: a value may stand before it. */
function textOf(node: unknown): { readonly said: string; readonly isPart: boolean } | null {
  if (typeof node !== 'object' || node === null || !('type' in node)) return null;
  if ((node.type === 'Literal' || node.type === 'JSXText') && 'value' in node && typeof node.value === 'string')
    return { said: node.value, isPart: false };
  if (node.type !== 'TemplateElement' || !('value' in node)) return null;
  const { value } = node;
  if (typeof value !== 'object' || value === null || !('raw' in value) || typeof value.raw !== 'string') return null;
  return { said: value.raw, isPart: true };
}
