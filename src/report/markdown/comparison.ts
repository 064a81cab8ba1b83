import type { ComparedScan, Comparison, NamedPairs } from '../../core/comparison.ts';
import { accuracyCells, classCells, curvesCells } from '../comparisonCells.ts';
import { comparisonSentence } from '../comparisonSentence.ts';
import { count, counted } from '../figures.ts';
import { foldedIfMany } from './folded.ts';
import { code, prose } from './inert.ts';
import { figuresTable, table } from './table.ts';

/** What was won and lost between two scans, with the samples by id. */
export function comparisonSection(comparison: Comparison): string[] {
  const { before, after, clean, worstCase, perClass = [] } = comparison;
  const { wonIds, lostIds } = worstCase ?? clean;
  return [
    prose(comparisonSentence(comparison)),
    table([['', 'model'], ['before', side(before)], ['after', side(after)]], 'left'),
    figuresTable(accuracyCells(comparison)),
    figuresTable(curvesCells(comparison)),
    foldedIfMany(perClass.length, 'classes', figuresTable(classCells(comparison))),
    [...ids('lost', lostIds), ...ids('won', wonIds), ...asides(comparison)].join('\n'),
  ];
}

function side({ model }: ComparedScan): string {
  return `${code(model.path)} (${code(model.sha256.slice(0, 8))})`;
}

/** The first of them; comparison.json has all. */
const mostNamed = 100;

function ids(what: string, those: NamedPairs['lostIds']): string[] {
  if (those.length === 0) return [];
  const more = those.length > mostNamed ? `, and ${count(those.length - mostNamed)} more` : '';
  return [`- ${counted(those.length, 'example')} ${what}: ${those.slice(0, mostNamed).join(', ')}${more}`];
}

function asides({ before, after, warnings }: Comparison): string[] {
  const failed = Object.entries({ before, after }).flatMap(([name, { failedChecks }]) =>
    failedChecks.map(({ title }) => `- **fail** ${name}: ${prose(title)}. Its figure may be too high.`),
  );
  return [...warnings.map((line) => `- **warn** ${prose(line)}.`), ...failed];
}
