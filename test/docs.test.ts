import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const PAGES = [
  ...['README.md', 'SECURITY.md', 'samples/README.md'],
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => path.join('docs', name)),
].filter((name) => name.endsWith('.md'));

/** Addresses of a page's own links, without what stands in code. */
function linksOf(page: string): string[] {
  const prose = readFileSync(page, 'utf8').replace(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));
}

/** The anchors that a page's headings get. */
function anchorsOf(page: string): Set<string> {
  const headings = readFileSync(page, 'utf8').match(/^#+ .*$/gm) ?? [];
  return new Set(
    headings.map((heading) =>
      heading
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\p{L}\d\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe('the documentation', () => {
  it.each(PAGES)('%s leads only to what is there', (page) => {
    for (const link of linksOf(page)) {
      const [name = '', anchor] = link.split('#');
      const target = name === '' ? page : path.join(path.dirname(page), name);
      expect(existsSync(target), link).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(target), link).toContain(anchor);
    }
  });

  it('has an index that names every page of docs/', () => {
    const named = new Set(linksOf('docs/README.md').map((link) => path.join('docs', link)));
    const pages = readdirSync('docs').map((name) => path.join('docs', name));
    expect(pages.filter((page) => page !== 'docs/README.md' && !named.has(page))).toEqual([]);
  });

  it('says of every folder of src/ what it is', () => {
    const page = readFileSync('docs/code.md', 'utf8');
    for (const folder of readdirSync('src')) expect(page, folder).toContain(`\`${folder}/\``);
  });

  it('has every page that the code refers to', () => {
    const files = ['src', 'test', 'build', 'samples/lab'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)),
    );
    for (const file of files.filter((name) => /\.(?:tsx?|mjs)$/.test(name)))
      for (const [, page = ''] of readFileSync(file, 'utf8').matchAll(/\b(docs\/[\w/-]+\.md)\b/g))
        expect(existsSync(page), `${file}: ${page}`).toBe(true);
  });

  it('names only scripts of package.json', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    for (const page of PAGES)
      for (const [, script = ''] of readFileSync(page, 'utf8').matchAll(
        /\bnpm run (?:-s |--silent )?([a-z][\w:-]*\w)/g,
      ))
        expect(Object.keys(scripts), `${page}: ${script}`).toContain(script);
  });
});
