import type { Comparison } from '../../core/comparison.ts';
import type { RobustnessReport } from '../../core/report.ts';
import type { Result } from '../../core/result.ts';
import { attackCells, outsideCells } from '../attackCells.ts';
import { caveat } from '../caveat.ts';
import { checkFound } from '../checkFound.ts';
import { curveCells } from '../curveCells.ts';
import { epsilonsIn } from '../epsilonsIn.ts';
import { count, counted, duration, percent } from '../figures.ts';
import { gateCells } from '../gateCells.ts';
import type { Reporter } from '../reporter.ts';
import { scanCommand } from '../scanCommand.ts';
import { sentence } from '../sentence.ts';
import { threatLine } from '../threatLine.ts';
import { comparisonSection } from './comparison.ts';
import { folded, foldedIfMany } from './folded.ts';
import { code, prose } from './inert.ts';
import { figuresTable, table } from './table.ts';

/** For a pull request or the summary of a pipeline, as GitHub shows it. */
export const markdown: Reporter = {
  file: 'report.md',
  render: (results) => results.map(section).join('\n'),
};

/** A comparison by itself. */
export function comparisonMarkdown(comparison: Comparison): string {
  return joined([`## breakwater: ${comparison.verdict}`, ...comparisonSection(comparison)]);
}

/** Verdict and gates first, then the figures, then what to beware of. */
function section({ name, report, comparison }: Result): string {
  return joined([
    `## breakwater: ${report.verdict}${name === undefined ? '' : `, ${code(name)}`}`,
    prose(sentence(report)),
    gates(report),
    checks(report),
    figuresTable(attackCells(report)),
    titled('Accuracy against epsilon', figuresTable(curveCells(report))),
    titled('In no ball, and apart from the worst case', figuresTable(outsideCells(report))),
    classes(report),
    groups(report),
    ...(comparison ? ['### Against the baseline', ...comparisonSection(comparison)] : []),
    folded('What was tested, and how to repeat it', [subject(report), `\`\`\`sh\n${scanCommand(report.request)}\n\`\`\``].join('\n\n')),
    caveat,
  ]);
}

function joined(blocks: readonly string[]): string {
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function titled(title: string, block: string): string {
  return block === '' ? '' : `### ${title}\n\n${block}`;
}

function gates(report: RobustnessReport): string {
  const [head, ...rows] = gateCells(report);
  return head ? table([head, ...rows.map((cells) => cells.map(prose))], 'left') : '';
}

/** Those that ask something of the reader. */
function checks({ checks: all }: RobustnessReport): string {
  const telling = all.filter(({ status }) => status === 'fail' || status === 'warn');
  return telling.map((check) => `- **${check.status}** ${prose(`${checkFound(check)}. ${check.advice}`)}`).join('\n');
}

function classes({ perClass, dataset, measure }: RobustnessReport): string {
  const parts = perClass.map(({ label, ...figures }) => ({ name: dataset.classNames?.[label] ?? `class ${label}`, ...figures }));
  return partsTable(parts, ['class', 'classes'], measure);
}

function groups({ perGroup = [], measure }: RobustnessReport): string {
  const parts = perGroup.map(({ group, ...figures }) => ({ name: group, ...figures }));
  return partsTable(parts, ['group', 'groups'], measure);
}

/** Of the samples. */
interface Part {
  readonly name: string;
  readonly total: number;
  readonly cleanAccuracy: number;
  readonly robustAccuracy: number;
}

/** The worst first; behind a line where they are many. */
function partsTable(parts: readonly Part[], [one, several]: readonly [string, string], measure: string): string {
  if (parts.length === 0) return '';
  const worstFirst = [...parts].sort((a, b) => a.robustAccuracy - b.robustAccuracy);
  const rows = worstFirst.map(({ name, total, cleanAccuracy, robustAccuracy }) => [code(name), count(total), percent(cleanAccuracy), percent(robustAccuracy)]);
  return foldedIfMany(rows.length, `${several}, the worst first`, table([[one, 'examples', `clean ${measure}`, `worst-case ${measure}`], ...rows]));
}

function subject({ tool, model, dataset, threat, curve, engine, seed, seconds }: RobustnessReport): string {
  const unreadable = dataset.unreadable === undefined ? '' : `, ${dataset.unreadable} unreadable`;
  return table(
    [
      ['', ''],
      ['model', `${code(model.path)}, ${model.inputShape.join('×')} to ${model.classes} classes, SHA-256 ${code(model.sha256)}`],
      ['data', `${code(dataset.spec)}, ${counted(dataset.examples, 'example')}${unreadable}`],
      ['threat', prose(threatLine(threat, curve ? epsilonsIn(curve) : [threat.epsilon]))],
      ['engine', prose(`${engine.name} ${engine.version}; ${engine.reason}`)],
      ['run', `seed ${seed}, ${duration(seconds)}, breakwater ${prose(tool.version)}`],
    ],
    'left',
  );
}
