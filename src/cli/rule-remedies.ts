import { readFileSync } from 'node:fs';

/**
 * What a rule of pcapdx's own advises to change, a paragraph each, as the "Remedies" of its page in docs/rules
 * say it. A finding's remedies have the capture's figures; these are told without a capture. Empty: the page is not
 * there, since somebody took docs/ out of the package.
 *
 * @param id Of a rule that exists: it becomes a part of a path.
 */
export function remediesOnPage(id: string): readonly string[] {
  // docs/ lies two folders above `src/cli`, `dist/cli` and `dist/program`.
  const address = new URL(`../../docs/rules/${id}.md`, import.meta.url);
  try {
    return paragraphsUnder('## Remedies', readFileSync(address, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** List items and paragraphs up to the next heading, without the marks that Markdown needs. */
function paragraphsUnder(heading: string, page: string): readonly string[] {
  const [, behind = ''] = page.split(`\n${heading}\n`);
  const [section = ''] = behind.split(/^## /m);
  return section
    .split(/\n(?=- )|\n\n/)
    .map((paragraph) => paragraph.replace(/^- /, '').replaceAll('**', '').replace(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '')
    .map(asSaid);
}

/** With the apostrophe that the program has elsewhere: pages are typed with the other, and commands in them keep it. */
function asSaid(paragraph: string): string {
  return paragraph.replace(/`[^`]*`|(?<=[\p{L}\p{N}`])'(?=\p{Ll})|(?<=s)'(?= )/gu, (found) =>
    found === "'" ? '’' : found,
  );
}
