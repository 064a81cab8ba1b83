import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { main } from './cli/runCli.ts';

const root = resolve(import.meta.dirname, '..');
const run = promisify(execFile);

test('examples/scan.ts runs as it says', async () => {
  const { stdout, stderr } = await run(process.execPath, ['--import', 'tsx', 'examples/scan.ts'], { cwd: root });
  expect(stdout).toMatch(/^clean: 0\.\d+$/m);
  expect(stderr).toBe('');
});

test('examples/vitest passes', async () => {
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'examples/vitest/vitest.config.ts', '--reporter', 'json'];
  const { stdout } = await run(process.execPath, vitest, { cwd: root, env: { ...process.env, NODE_OPTIONS: '' } });
  expect(JSON.parse(stdout)).toMatchObject({ success: true, numPassedTests: 4 });
});

/** Lines of a shell, in the order in which the jobs run, each once for every value of its matrix. */
type Script = readonly { readonly lines: readonly string[]; readonly env: Readonly<Record<string, string>> }[];

interface GitHub {
  readonly jobs: Readonly<Record<string, { readonly strategy?: { readonly matrix: { readonly shard: readonly number[] } }; readonly steps: readonly { readonly run?: string }[] }>>;
}

function scriptOfGitHub(file: string): Script {
  const { jobs } = parse(readFileSync(file, 'utf8')) as GitHub;
  return Object.values(jobs).flatMap(({ strategy, steps }) =>
    (strategy?.matrix.shard ?? [0]).map((shard) => ({
      lines: steps.flatMap(({ run: line }) => (line === undefined ? [] : [line.replaceAll('${{ matrix.shard }}', String(shard))])),
      env: {},
    })),
  );
}

type GitLab = Readonly<Record<string, { readonly stage?: string; readonly parallel?: number; readonly script?: readonly string[] }>> & { readonly stages: readonly string[] };

function scriptOfGitLab(file: string): Script {
  const { stages, ...jobs } = parse(readFileSync(file, 'utf8')) as GitLab;
  return stages.flatMap((stage) =>
    Object.values(jobs).filter((job) => job.stage === stage).flatMap(({ parallel = 1, script = [] }) =>
      Array.from({ length: parallel }, (_, node) => ({ lines: script, env: { CI_NODE_INDEX: String(node + 1), CI_NODE_TOTAL: String(parallel) } })),
    ),
  );
}

/** What projects have installed, with the cache in it: what one workflow has attacked, the next need not. */
const modules = join(mkdtempSync(join(tmpdir(), 'breakwater-')), 'node_modules');
mkdirSync(join(modules, '.bin'), { recursive: true });
symlinkSync(main, join(modules, '.bin/breakwater'));

/** What npx does where the package is installed, in a tenth of its time. */
const npx = 'npx() { node_modules/.bin/"$@"; }; ';

/** A project with the config and the baseline of the examples. */
function project(): string {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
  cpSync(join(root, 'examples/ci'), folder, { recursive: true });
  symlinkSync(modules, join(folder, 'node_modules'));
  return folder;
}

describe.each([
  ['github.yml', scriptOfGitHub, ['robustness/report.html', 'robustness/report.md', 'robustness/junit.xml', 'robustness/report.sarif']],
  ['github-sharded.yml', scriptOfGitHub, ['robustness/report.html', 'robustness/junit.xml']],
  ['gitlab.yml', scriptOfGitLab, ['robustness/junit.xml', 'robustness-sharded/junit.xml']],
] as const)('examples/ci/%s', (file, scriptOf, files) => {
  test('runs, passes, and leaves what it says', async () => {
    const folder = project();
    const script = scriptOf(join(folder, file));
    const ran: string[] = [];
    for (const { lines, env } of script) {
      for (const line of lines.filter((one) => one !== 'npm ci')) {
        await run('bash', ['-euo', 'pipefail', '-c', npx + line], { cwd: folder, env: { ...process.env, ...env } });
        ran.push(line);
      }
    }
    expect(ran.length).toBeGreaterThan(0);
    expect(files.filter((one) => !existsSync(join(folder, one)))).toEqual([]);
  });
});
