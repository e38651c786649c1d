/** What is installed with the program: licences, and that the lock file says byte for byte what is meant. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const project = path.resolve(import.meta.dirname, '..');
/** Each lets anybody use and pass on, with the notice kept. */
const ALLOWED: ReadonlySet<string> = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'MIT AND BSD-3-Clause',
  '(MIT OR CC0-1.0)',
]);

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}
const lock = JSON.parse(readFileSync(path.join(project, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
/** By folder: what whoever installs the package gets. */
const installed = Object.entries(lock.packages).filter(
  ([folder, { dev, devOptional }]) => folder !== '' && dev !== true && devOptional !== true,
);

interface Described {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}
const describedIn = (folder: string): Described =>
  JSON.parse(readFileSync(path.join(project, folder, 'package.json'), 'utf8')) as Described;

describe('what is installed with the program', () => {
  it('has licences that let it be, and they are listed in docs/licences.md', async () => {
    const rows = installed.map(([folder, { version }]) => {
      const described = describedIn(folder);
      expect(described.version, folder).toBe(version);
      expect(ALLOWED, folder).toContain(described.license);
      return `| ${described.name} | ${described.version} | ${described.license} |`;
    });
    const table = [...new Set(rows)].sort().join('\n');
    const text = `# Licences

What is installed with pcapdx, which is under the MIT licence itself (\`LICENSE\`). A test reads it from the packages, holds it to licences that let anybody use and pass on, and this list to it; \`npx vitest run test/licences.test.ts --update\` writes it anew. Of those whose code is in the program’s own files, the licences themselves are beside it, in \`dist/program/licences\`.

| package | version | licence |
|---|---|---|
${table}
`;
    await expect(text).toMatchFileSnapshot('../docs/licences.md');
  });

  it('is what was meant, byte for byte, and runs nothing while it is installed', () => {
    for (const [folder, { integrity, hasInstallScript }] of installed) {
      expect(integrity, folder).toMatch(/^sha512-/);
      expect(hasInstallScript ?? false, folder).toBe(false);
    }
  });

  it('has no compiled code', () => {
    const compiled = installed.flatMap(([folder]) =>
      existsSync(path.join(project, folder))
        ? readdirSync(path.join(project, folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
            /\.(node|so|dylib|dll|exe)$/.test(name),
          )
        : [],
    );
    expect(compiled).toEqual([]);
  });

  it('comes from named versions, and is published with its provenance', () => {
    const { dependencies, publishConfig, files } = JSON.parse(
      readFileSync(path.join(project, 'package.json'), 'utf8'),
    ) as {
      readonly dependencies: Readonly<Record<string, string>>;
      readonly publishConfig: unknown;
      readonly files: readonly string[];
    };
    for (const [name, version] of Object.entries(dependencies)) expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    expect(publishConfig).toEqual({ access: 'public', provenance: true });
    expect(files).toEqual(['bin', 'dist', 'docs', 'samples/rst-after-request.pcapng', 'SECURITY.md']);
  });
});
