import type { RobustnessReport } from '../../core/report.ts';
import type { Result } from '../../core/result.ts';
import { clipped } from '../clipped.ts';
import { epsilonsIn } from '../epsilonsIn.ts';
import { count, counted, duration, epsilonText } from '../figures.ts';
import { scanCommand } from '../scanCommand.ts';
import { threatLine } from '../threatLine.ts';
import { html } from './html.ts';
import type { Html, Part } from './html.ts';
import { named, spoken } from './named.ts';
import type { Section } from './section.ts';
import { folded, table } from './table.ts';

/** What was scanned, how, with what, and how to do it again. */
export function configuration({ report }: Result): Section {
  return {
    id: 'configuration',
    title: 'Configuration',
    lead: 'All that decides the figures. The same command on the same files gives the same report, apart from timings.',
    body: html`<p class="label">Reproduce it</p><pre tabindex="0"><code>${clipped(scanCommand(report.request), longestCommand)}</code></pre>
<div class="fact-groups">${[
      facts('Model', modelFacts(report)),
      facts('Data', dataFacts(report)),
      facts('Threat', threatFacts(report)),
      facts('Engine', engineFacts(report)),
    ]}</div>${folded('Attacks and their options', options(report))}${folded('All that was asked for', asked(report))}`,
  };
}

const longestCommand = 4000;

type Facts = readonly (readonly [name: string, fact: Part])[];

function facts(title: string, rows: Facts): Html {
  return html`<div class="fact-group"><p class="label">${title}</p><dl class="facts">${rows.map(([name, fact]) => html`<dt>${name}</dt><dd>${fact}</dd>`)}</dl></div>`;
}

function code(text: string): Html {
  return html`<code>${named(text, 200)}</code>`;
}

function modelFacts({ model }: RobustnessReport): Facts {
  const { range, mean, std } = model.preprocessing ?? {};
  const steps = [range && `range ${range.join(' to ')}`, mean && `mean ${mean.join(', ')}`, std && `std ${std.join(', ')}`].filter((step) => step !== undefined);
  return [
    ['File', code(model.path)],
    ['Format', spoken(model.format)],
    ['SHA-256', code(model.sha256)],
    ['Shape', `${model.inputShape.join(' × ')} to ${counted(model.classes, 'class').replace(/classs$/, 'classes')}`],
    ['Parameters', count(model.parameters)],
    ...(steps.length > 0 ? [['Preprocessing', steps.join('; ')] as const] : []),
    ['Logits', spoken(model.logits)],
  ];
}

function dataFacts({ dataset, measure, seed }: RobustnessReport): Facts {
  return [
    ['Source', code(dataset.spec)],
    ['Examples', count(dataset.examples)],
    ...(dataset.unreadable === undefined ? [] : [['Unreadable', `${count(dataset.unreadable)}, left out`] as const]),
    ['SHA-256', code(dataset.sha256)],
    ['Labels', { accuracy: 'of the data', stability: 'what the model itself says without an attack' }[measure]],
    ['Seed', String(seed)],
  ];
}

function threatFacts({ threat, curve }: RobustnessReport): Facts {
  return [['Attacker', named(threatLine(threat, curve ? epsilonsIn(curve) : [threat.epsilon]), 400)]];
}

function engineFacts({ engine, tool, seconds }: RobustnessReport): Facts {
  const { gradient } = engine;
  return [
    ['breakwater', tool.version],
    ['Engine', `${engine.name} ${engine.version}`],
    ['Why', spoken(engine.reason)],
    ['Threads', engine.workers > 0 ? `${counted(engine.workers, 'worker')} of ${counted(engine.threads, 'thread')}` : counted(engine.threads, 'thread')],
    ...(engine.processor === undefined ? [] : [['Processor', engine.processor] as const]),
    ['Rows', rowsText[engine.rows]],
    ...(engine.draws === undefined ? [] : [['Random', `the model draws random numbers: most of ${engine.draws} answers decide`] as const]),
    ...(gradient === undefined ? [] : [['Gradient', gradientText(gradient)] as const]),
    ['Took', duration(seconds)],
  ];
}

const rowsText: Readonly<Record<RobustnessReport['engine']['rows'], string>> = {
  exact: 'an answer does not depend on what else is in the batch',
  rounding: 'an answer may depend on the batch by rounding',
  coupled: 'answers depend on one another: one example at a time',
};

function gradientText({ straightThrough, ends, reaches }: NonNullable<RobustnessReport['engine']['gradient']>): string {
  const through = straightThrough.length > 0 ? [`estimated straight through ${straightThrough.join(', ')}`] : [];
  const stopped = ends.length > 0 ? [`ends at ${ends.join(', ')}`] : [];
  return clipped([...through, ...stopped, ...(reaches ? [] : ['none reaches the example'])].join('; '), 400);
}

function options({ attacks }: RobustnessReport): Html {
  return table({
    caption: 'Attacks and their options',
    kind: 'figures words',
    columns: ['Attack', 'Norm', 'Epsilon', 'Options', 'Errors'],
    rows: attacks.map(({ name, norm, epsilon, options, errors }) => [named(name), norm, epsilon === null ? '' : epsilonText(epsilon), optionsText(options), count(errors)]),
  });
}

function optionsText(options: Readonly<Record<string, unknown>>): Html {
  return named(Object.entries(options).map(([name, value]) => `${name}=${String(value)}`).join(', '), 300);
}

function asked({ request }: RobustnessReport): Html {
  return html`<dl class="facts">${Object.entries(request).map(([name, value]) => html`<dt>${name}</dt><dd>${code(typeof value === 'string' ? value : JSON.stringify(value))}</dd>`)}</dl>`;
}
