import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const project = path.resolve(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8')) as { version: string };

const hasJq = spawnSync('jq', ['--version']).status === 0;

/** The code of a document, each block a program. */
const codeIn = (document: string, language = 'js'): string[] =>
  [
    ...readFileSync(path.join(project, document), 'utf8').matchAll(
      new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'),
    ),
  ].map(([, code]) => code ?? '');

describe('the package, installed into an empty folder', () => {
  let folder = '';
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-package-'));
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
        cwd: project,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as { filename: string }[];
    run('npm', 'init', '--yes');
    run('npm', 'install', '--prefer-offline', '--no-fund', '--no-audit', `./${packed.filename}`);
    copyFileSync(path.join(project, 'samples/rst-after-request.pcapng'), path.join(folder, 'incident'));
  }, 180_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('tells its version and nothing else', () => {
    expect(run('npx', 'pcapdx', '--version')).toBe(`${version}\n`);
  });

  it('reports on a capture, whatever the file is called', () => {
    const report = JSON.parse(run('npx', 'pcapdx', 'report', 'incident', '--format', 'json')) as {
      findings: { rule: string }[];
    };
    expect(report.findings.map((finding) => finding.rule)).toContain('rst-after-request');
  });

  it('holds the JSON Schemas as files, the same that it prints', () => {
    for (const name of ['report', 'flows', 'finding', 'comparison']) {
      const printed = run('npx', 'pcapdx', 'schema', name);
      expect(readFileSync(path.join(folder, `node_modules/pcapdx/dist/schema/${name}.schema.json`), 'utf8')).toBe(
        printed,
      );
      const imported = `import schema from 'pcapdx/schema/${name}' with { type: 'json' }; console.log(schema.$schema);`;
      writeFileSync(path.join(folder, 'schema.mjs'), imported);
      expect(run('node', '--no-warnings', 'schema.mjs')).toBe('https://json-schema.org/draft/2020-12/schema\n');
    }
  });

  it('is a library: its documented examples run', () => {
    copyFileSync(path.join(project, 'samples/rst-after-request.pcapng'), path.join(folder, 'front.pcapng'));
    const printed = codeIn('docs/library.md').map((code, index) => {
      writeFileSync(path.join(folder, `example-${index}.mjs`), code);
      return run('node', '--no-warnings', `example-${index}.mjs`);
    });
    expect(printed[0]).toMatch(
      /^critical: 10\.0\.1\.43:80 .*\(17 times, security-agent\)\n {2}front\.pcapng, tcp\.stream eq 24: #227\n/,
    );
    expect(printed[0]).toContain('stream 24 was reset by the server\n');
    expect(printed.slice(1)).toEqual(['17 requests lost\n7 requests lost\n', 'pcapdx report\n']);
  });

  it('has types that need nothing else', () => {
    const typed = `import { CaptureError, diagnose, type Finding, type Flow, isFindingOf, readFlows, type Report } from 'pcapdx';
const report: Report = await diagnose(['a.pcap'], { rules: ['keepalive-race'], signal: AbortSignal.timeout(1000) });
const seconds: number[] = report.servers.flatMap(({ idleTimeoutSeconds }) => idleTimeoutSeconds ?? []);
const [finding]: Finding[] = report.findings;
if (finding !== undefined && isFindingOf(finding, 'keepalive-race')) seconds.push(finding.facts.idleTimeoutSeconds ?? 0);
for await (const flow of readFlows('a.pcap')) {
  const { tls }: Flow = flow;
  // @ts-expect-error a connection may be without TLS
  seconds.push(tls.version.length);
}
export const outcome: string | undefined = finding === undefined ? new CaptureError('empty', 'a', null, 'b').code : finding.title;`;
    writeFileSync(path.join(folder, 'typed.mts'), typed);
    const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext', '--types', ''];
    expect(run(path.join(project, 'node_modules/.bin/tsc'), ...options, 'typed.mts')).toBe('');
  });

  it('has no script that npm runs, or asks about, where it is installed', () => {
    const installed = readFileSync(path.join(folder, 'node_modules/pcapdx/package.json'), 'utf8');
    const { scripts } = JSON.parse(installed) as { scripts: Record<string, string> };
    expect(['preinstall', 'install', 'postinstall', 'prepublish', 'prepare'].filter((name) => name in scripts)).toEqual(
      [],
    );
  });

  it('holds the pages that its README links to', () => {
    const readme = readFileSync(path.join(folder, 'node_modules/pcapdx/README.md'), 'utf8');
    const linked = [...readme.matchAll(/\]\(((?:docs\/|SECURITY)[^)#]*)/g)].map(([, page]) => page ?? '');
    expect(linked.length).toBeGreaterThan(30);
    expect(linked.filter((page) => !existsSync(path.join(folder, 'node_modules/pcapdx', page)))).toEqual([]);
  });

  it('holds a manual page', () => {
    const page = readFileSync(path.join(folder, 'node_modules/pcapdx/dist/man/pcapdx.1'), 'utf8');
    expect(page).toContain(`pcapdx ${version}`);
  });

  it.skipIf(!hasJq)('gives what becomes events of ECS and OCSF by the documented lines', () => {
    const events = (sample: string): unknown[][] => {
      copyFileSync(path.join(project, 'samples', sample), path.join(folder, 'front.pcapng'));
      const { PATH = '' } = process.env;
      const environment = { ...process.env, PATH: `${path.join(folder, 'node_modules/.bin')}:${PATH}` };
      return codeIn('docs/ecs-and-ocsf.md', 'sh').map((code) =>
        execFileSync('bash', ['-c', code], { cwd: folder, encoding: 'utf8', env: environment })
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown),
      );
    };
    const ecs = (dataset: string) => ({ event: { dataset: `pcapdx.${dataset}` }, ecs: { version: '8.17.0' } });
    const ocsf = (classUid: number) => ({ class_uid: classUid, metadata: { product: { name: 'pcapdx' } } });
    const kinds = [ecs('flow'), ecs('exchange'), ecs('finding'), ocsf(4001), ocsf(4002), ocsf(2004)];
    const lists = events('rst-after-request.pcapng');
    expect(lists).toHaveLength(kinds.length);
    lists.forEach((list, index) => {
      for (const event of list) expect(event).toMatchObject(kinds[index] ?? {});
      // The same things in both languages.
      expect(list).toHaveLength(lists[(index + 3) % 6]?.length ?? -1);
      expect(JSON.stringify(list)).not.toContain('null');
    });
    expect(lists[2]?.[0]).toMatchObject({
      event: { kind: 'alert', severity: 3 },
      rule: { id: 'rst-after-request' },
      destination: { ip: '10.0.1.43', port: 80, domain: 'serv1.example' },
      labels: { confidence: 'certain', occurrences: '17', causes: 'security-agent' },
    });
    expect(lists[3]?.map((event) => (event as { type_uid: number }).type_uid)).toContain(400103);
    expect(lists[4]?.[0]).toMatchObject({ http_request: { http_method: 'GET' }, http_response: { code: 200 } });
    expect(lists[5]?.[0]).toMatchObject({ severity_id: 5, confidence_id: 3, type_uid: 200401, count: 17 });

    const [flows = []] = events('cross-sni-reuse.pcapng');
    expect(flows).toContainEqual(
      expect.objectContaining({
        tls: expect.objectContaining({ version: '1.3', version_protocol: 'tls', next_protocol: 'h2' }) as unknown,
      }),
    );
  });

  it('gives authors of own rules what they may import', () => {
    const rule = `import { defineRule, perServer } from 'pcapdx/rule';
export default defineRule({
  meta: { id: 'mine', severity: 'notice', title: 'Mine' },
  tally: () => perServer(), inspect() {}, merge() {}, conclude: () => [],
});`;
    writeFileSync(path.join(folder, 'mine.mjs'), rule);
    expect(run('npx', 'pcapdx', 'rules', '--rules', 'mine.mjs')).toMatch(/\nmine +notice +Mine/);
  });
});
