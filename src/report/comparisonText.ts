import type { ComparedScan, Comparison, NamedPairs } from '../core/comparison.ts';
import { caveat } from './caveat.ts';
import { count, counted, duration } from './figures.ts';
import { paintColours, paintNothing } from './paint.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { threatLine } from './threatLine.ts';
import { comparisonSentence } from './comparisonSentence.ts';
import { comparisonTables } from './comparisonTables.ts';

/** The comparison for a terminal: what was compared, tables, the samples that differ, what to beware of, one sentence. */
export function comparisonText(comparison: Comparison, { colour = false }: { readonly colour?: boolean } = {}): string {
  const paint = colour ? paintColours : paintNothing;
  const blocks = [subject(comparison, paint), ...comparisonTables(comparison, paint), samples(comparison), asides(comparison, paint), verdict(comparison, paint)];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function subject({ before, after, dataset, threat, curve, seed }: Comparison, paint: Paint): string {
  const epsilons = curve ? [...new Set(curve.map(({ epsilon }) => epsilon))].sort((a, b) => a - b) : [threat.epsilon];
  const lines = {
    before: side(before),
    after: side(after),
    data: `${dataset.spec} (${counted(dataset.examples, 'example')})`,
    threat: threatLine(threat, epsilons),
    run: `seed ${seed}`,
  };
  return Object.entries(lines)
    .map(([name, line]) => `${paint('dim', name.padEnd(6))}  ${printable(line)}`)
    .join('\n');
}

function side({ model, gradientQueries, forwardQueries, seconds }: ComparedScan): string {
  return `${model.path} (${model.sha256.slice(0, 8)}); ${count(gradientQueries + forwardQueries)} queries${seconds === undefined ? '' : `, ${duration(seconds)}`}`;
}

/** The first of them; comparison.json has all. */
const mostNamed = 10;

function samples({ clean, worstCase }: Comparison): string {
  const { wonIds, lostIds } = worstCase ?? clean;
  return [idLine('won', wonIds), idLine('lost', lostIds)].filter((line) => line !== '').join('\n');
}

function idLine(name: string, ids: NamedPairs['wonIds']): string {
  if (ids.length === 0) return '';
  const more = ids.length > mostNamed ? `, and ${count(ids.length - mostNamed)} more` : '';
  return `${name.padEnd(6)}  ${counted(ids.length, 'example')}: ${ids.slice(0, mostNamed).join(', ')}${more}`;
}

function asides({ before, after, warnings }: Comparison, paint: Paint): string {
  const failed = Object.entries({ before, after }).flatMap(([name, { failedChecks }]) =>
    failedChecks.map(({ title }) => `${paint('red', 'fail')}  ${name}: ${printable(title)}. Its figure may be too high.`),
  );
  return [...warnings.map((line) => `${paint('yellow', 'warn')}  ${printable(line)}.`), ...failed].join('\n');
}

function verdict(comparison: Comparison, paint: Paint): string {
  return `${comparisonSentence(comparison)}\n${paint('dim', `${caveat} p: exact McNemar test.`)}`;
}
