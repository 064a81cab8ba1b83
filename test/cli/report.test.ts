import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { tellGithub, tellGithubCompared } from '../../src/cli/github.ts';
import type { RobustnessReport } from '../../src/core/report.ts';
import { formats } from '../../src/report/reporter.ts';
import { folderWith, idxBytes } from '../datasets/idxFiles.ts';
import { exampleComparison } from '../report/exampleComparison.ts';
import { exampleResults } from '../report/exampleResults.ts';
import { runCli } from './runCli.ts';
import { saveTinyOnnx } from './tinyOnnx.ts';

const folder = folderWith({ images: idxBytes([20, 2, 3], Array.from({ length: 20 }, (_, i) => [i * 12, 128, 128, 128, 128, 128]).flat()), labels: idxBytes([20], Array.from({ length: 20 }, (_, i) => (i < 11 ? 0 : 1))) });
const out = join(folder, 'out');
const summary = join(folder, 'summary.md');
const asked = ['scan', saveTinyOnnx(join(folder, 'model.onnx')), '--data', `idx:${join(folder, 'images')},${join(folder, 'labels')}`, '--epsilon', '0.2', '--curve', '--workers', '0', '--quiet'];
const filesIn = (path: string) => Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]));

let scanned: Awaited<ReturnType<typeof runCli>>;

beforeAll(async () => {
  writeFileSync(summary, 'before\n');
  scanned = await runCli([...asked, '--at-least', '0.9', '--out', out, '--format', formats.join(','), '--gallery', '2', '--json'], undefined, { env: { ...process.env, GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary } });
}, 60_000);

describe('on GitHub', () => {
  beforeEach(() => {
    vi.stubEnv('GITHUB_ACTIONS', ''); // where these tests run there themselves
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('the summary of the step is the markdown, after what was there; what was missed is an annotation on stderr; stdout is left to JSON', () => {
    expect(scanned.code).toBe(1);
    expect(readFileSync(summary, 'utf8')).toBe(`before\n${readFileSync(join(out, 'report.md'), 'utf8')}`);
    expect(scanned.stderr).toMatch(/^::error title=worst-case accuracy::worst-case accuracy: .* at least 90\.0 %25: missed$/m);
    expect((JSON.parse(scanned.stdout) as RobustnessReport).verdict).toBe('missed');
  });

  test('a summary has room for a mebibyte: what does not fit is left out, by lines', async () => {
    vi.stubEnv('GITHUB_STEP_SUMMARY', summary);
    writeFileSync(summary, 'x'.repeat(999_000));
    await tellGithub(exampleResults.scan);
    const written = readFileSync(summary, 'utf8').slice(999_000);
    expect(written).toMatch(/^## breakwater: measured\n[^]*\n\n\nThe rest is longer than a summary may be: see report\.md \(--format md\)\.\n$/);
    expect(Buffer.byteLength(written)).toBeLessThan(1200);
  });

  test('a summary that cannot be written is one line on stderr', async () => {
    vi.stubEnv('GITHUB_STEP_SUMMARY', folder);
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await tellGithubCompared(exampleComparison);
    expect(write.mock.calls.map(([line]) => line)).toEqual([expect.stringMatching(/^breakwater: GITHUB_STEP_SUMMARY: cannot be written: EISDIR.*\n$/)]);
    write.mockRestore();
  });
});

describe('breakwater report', () => {
  test('writes every format again, byte for byte', async () => {
    const again = join(folder, 'again');
    expect(await runCli(['report', out, '--format', formats.join(','), '--out', again])).toEqual({ code: 0, stdout: '', stderr: '' });
    const { 'samples.jsonl': _samples, 'scan.json': _scan, 'gallery.json': gallery, ...reports } = filesIn(out);
    expect(gallery).toContain('"items"');
    expect(filesIn(again)).toEqual(reports);
    expect(Object.keys(reports)).toHaveLength(formats.length);
  });

  test('shows the text, or JSON, and writes nothing', async () => {
    const before = readdirSync(out);
    expect(await runCli(['report', out])).toEqual({ code: 0, stdout: readFileSync(join(out, 'report.txt'), 'utf8'), stderr: '' });
    expect(await runCli(['report', out, '--json'])).toEqual({ code: 0, stdout: readFileSync(join(out, 'report.json'), 'utf8'), stderr: '' });
    expect(readdirSync(out)).toEqual(before);
  });

  test.each<[string[], string]>([
    [[], 'report: expected the folder of a scan, found none'],
    [['nowhere'], 'nowhere: expected the folder of a scan, found nothing there'],
    [[out, '--format', 'markdown'], "unknown format 'markdown'"],
    [[out, '--out', 'x'], '--out: expected together with --format, which names the files'],
    [[out, out], 'one argument too many'],
  ])('%j is refused in one line', async (args, line) => {
    const { code, stdout, stderr } = await runCli(['report', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(line);
    expect(stderr.match(/\n/g)).toHaveLength(1);
  });

  test.each([
    ['report.json', ({ gates: _, ...report }: RobustnessReport) => report, 'the report of a scan by this version: gates is missing'],
    ['report.json', (report: RobustnessReport) => ({ ...report, attacks: report.attacks.map((one) => ({ ...one, medianDistance: 'far' })) }), 'the report of a scan by this version: attacks.0.medianDistance should be number,null'],
    ['report.json', (report: RobustnessReport) => ({ ...report, extra: 1 }), 'the report of a scan by this version: extra is not known'],
    ['comparison.json', () => ({ ...exampleComparison, attacks: [1] }), 'a comparison by this version: attacks.0 should be object'],
    ['gallery.json', () => ({ schemaVersion: 1, items: [{ id: 1 }] }), 'the gallery of a scan: items.0.label is missing'],
  ])('refuses what it could not show: %s %#', async (name, spoil, line) => {
    const spoilt = join(folder, 'spoilt');
    cpSync(out, spoilt, { recursive: true });
    writeFileSync(join(spoilt, name), JSON.stringify(spoil(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as RobustnessReport)));
    const { code, stderr } = await runCli(['report', spoilt, '--format', 'html,junit', '--out', join(folder, 'never')]);
    rmSync(spoilt, { recursive: true });
    expect([code, stderr]).toEqual([2, `breakwater: ${join(spoilt, name)}: expected ${line}\n`]);
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });
});

test('breakwater trend prints a table, or JSON, and writes a page', async () => {
  const page = join(folder, 'pages', 'trend.html');
  const { code, stdout } = await runCli(['trend', out, out, '--out', page]);
  expect([code, existsSync(page)]).toEqual([0, true]);
  expect(stdout).toMatch(/^2 {2}.*out .* 0\.0 .* 1\.000$/m);
  const { stdout: json } = await runCli(['trend', out, out, out, '--json']);
  expect((JSON.parse(json) as { releases: unknown[] }).releases).toHaveLength(3);
  const refused = await runCli(['trend', out, out, '--out', 'trend.svg']);
  expect([refused.code, refused.stderr]).toEqual([2, "breakwater: --out: expected the name of an .html file, found 'trend.svg'\n"]);
});
