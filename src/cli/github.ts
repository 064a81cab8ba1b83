import { appendFileSync, existsSync, statSync } from 'node:fs';
import { env, stderr } from 'node:process';
import type { Comparison } from '../core/comparison.ts';
import type { Result } from '../core/result.ts';
import { printable } from '../report/printable.ts';

/** Shows results where GitHub Actions looks: in the summary of the step, and as annotations. Elsewhere it does nothing. */
export async function tellGithub(results: readonly Result[]): Promise<void> {
  if (!isListening()) return;
  const { annotations } = await import('../report/annotations.ts');
  const { markdown } = await import('../report/markdown/markdown.ts');
  tell(await markdown.render(results), annotations(results));
}

/** The same of a comparison by itself. */
export async function tellGithubCompared(comparison: Comparison): Promise<void> {
  if (!isListening()) return;
  const { comparisonAnnotations } = await import('../report/annotations.ts');
  const { comparisonMarkdown } = await import('../report/markdown/markdown.ts');
  tell(comparisonMarkdown(comparison), comparisonAnnotations(comparison));
}

function isListening(): boolean {
  return summaryPath() !== undefined || env.GITHUB_ACTIONS === 'true';
}

function summaryPath(): string | undefined {
  return env.GITHUB_STEP_SUMMARY || undefined;
}

/** The runner reads commands from stderr as well, and stdout stays what a script expects there. */
function tell(summary: string, annotations: readonly string[]): void {
  if (env.GITHUB_ACTIONS === 'true') for (const line of annotations) stderr.write(`${line}\n`);
  const path = summaryPath();
  if (path === undefined) return;
  try {
    appendFileSync(path, fitting(summary, existsSync(path) ? statSync(path).size : 0));
  } catch (error) {
    stderr.write(`breakwater: GITHUB_STEP_SUMMARY: cannot be written: ${printable((error as Error).message)}\n`);
  }
}

/** GitHub drops the whole summary of a step beyond 1 MiB. */
const room = 1_000_000;

/** The first lines of the text that there is room for. */
function fitting(text: string, taken: number): string {
  const bytes = Buffer.from(text);
  if (taken + bytes.length <= room) return text;
  const kept = bytes.subarray(0, Math.max(0, room - taken)).toString();
  return `${kept.slice(0, kept.lastIndexOf('\n') + 1)}\n\nThe rest is longer than a summary may be: see report.md (--format md).\n`;
}
