import type { Comparison } from '../core/comparison.ts';
import type { Result } from '../core/result.ts';
import { casesOf, levelOf } from './casesOf.ts';
import { clipped } from './clipped.ts';
import { comparisonSentence } from './comparisonSentence.ts';
import { printable } from './printable.ts';

/** What asks for attention as workflow commands of GitHub Actions, one a line. */
export function annotations(results: readonly Result[]): string[] {
  return results.flatMap((result) =>
    casesOf(result).flatMap((one) => {
      const level = levelOf(one);
      const of = result.name === undefined ? '' : `${result.name}: `;
      return level === 'none' ? [] : [command(level, `${of}${one.title}`, one.line)];
    }),
  );
}

/** The same of a comparison by itself. */
export function comparisonAnnotations(comparison: Comparison): string[] {
  const lost = comparison.verdict === 'regressed' || comparison.verdict === 'inconclusive';
  return lost ? [command('error', `comparison ${comparison.verdict}`, comparisonSentence(comparison))] : [];
}

const longest = 1000;

function command(level: 'error' | 'warning', title: string, message: string): string {
  const [head, body] = [title, message].map((text) => printable(clipped(text, longest)).replaceAll('%', '%25'));
  return `::${level} title=${head?.replaceAll(':', '%3A').replaceAll(',', '%2C')}::${body}`;
}
