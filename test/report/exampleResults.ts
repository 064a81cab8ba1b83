import type { RobustnessReport } from '../../src/core/report.ts';
import type { Result } from '../../src/core/result.ts';
import { exampleComparison } from './exampleComparison.ts';
import { exampleReport } from './exampleReport.ts';

const [fgsm, pgd] = exampleReport.attacks;
const members = [
  { name: 'apgd-ce', evaluated: 1800, broken: 1700 },
  { name: 'square', evaluated: 100, broken: 36 },
];
const at = (epsilon: number, ...robust: number[]) =>
  ['fgsm', 'pgd(steps=40)', 'worst case'].map((attack, i) => ({ attack, epsilon, robustAccuracy: robust[i]!, interval: [0, 1] as const }));

/** With everything that a report may have: gates of every outcome, a curve, groups, an ensemble, an attack in no ball. */
export const fullReport: RobustnessReport = {
  ...exampleReport,
  dataset: { ...exampleReport.dataset, classNames: ['top', 'trouser'], unreadable: 3 },
  attacks: [
    fgsm!,
    { ...pgd!, name: 'autoattack', options: {}, members },
    { ...fgsm!, name: 'rotation', norm: 'none', epsilon: null, medianDistance: null },
  ],
  curve: [...at(2 / 255, 0.8, 0.75, 0.75), ...at(8 / 255, 0.625, 0.032, 0.032)],
  perGroup: [
    { group: 'day', total: 1500, cleanAccuracy: 0.92, robustAccuracy: 0.04 },
    { group: 'night', total: 500, cleanAccuracy: 0.84, robustAccuracy: 0.008 },
  ],
  checks: [
    ...exampleReport.checks,
    { id: 'gradients-exist', title: 'Gradients exist', status: 'fail', value: 0.0123, advice: 'Look at node Round.' },
    { id: 'planted', title: 'Planted examples are found', status: 'not-run', value: null, advice: 'Ask for extra runs with --checks full.' },
  ],
  gates: [
    { id: 'clean', bound: 'at-least', threshold: 0.85, figure: 0.9, interval: [0.886, 0.913], status: 'held' },
    { id: 'robust', attack: 'fgsm', bound: 'at-least', threshold: 0.63, figure: 0.625, interval: [0.603, 0.646], status: 'inconclusive', samplesToDecide: 36_012 },
    { id: 'worst-case', bound: 'at-least', threshold: 0.4, figure: 0.032, interval: [0.025, 0.041], status: 'missed' },
    { id: 'class-gap', bound: 'at-most', threshold: 0.1, figure: 0.11, interval: [0.06, 0.17], where: [1, 0], status: 'inconclusive' },
    { id: 'regression', bound: 'at-most', threshold: 0.02, figure: 0.04, interval: [0.03, 0.05], status: 'missed' },
  ],
  confidence: 0.95,
  verdict: 'missed',
};

/** A scan, and a check of two scenarios. */
export const exampleResults: Readonly<Record<'scan' | 'check', readonly Result[]>> = {
  scan: [{ report: exampleReport }],
  check: [
    { name: 'daylight', report: { ...exampleReport, verdict: 'held', gates: [fullReport.gates[0]!], confidence: 0.95 } },
    { name: 'all weather', report: fullReport, comparison: exampleComparison },
  ],
};

/** What a name in a file may hold: markup, quotes, ends of sections, marks that reorder, escapes, mentions, links, great length. */
export const hostileNames = [
  `<script>alert(1)</script><img src=x onerror=alert(2)>`,
  `"'\`\`\`|]]></testcase>--><!-- &lt;&#60; \\| \\`,
  `\u202egnp.\u2066\u200fleft\u061c`,
  `\u001b]0;title\u0007\u001b[31m\u009b0m\u0000\ud800\r\n## head\n| a | b |\n::error title=x::y\n%0A##[error]z`,
  `@octocat #12 GH-3 :smile: https://evil.example www.evil.example a@evil.example [x](javascript:alert(3)) ![](//evil.example/x.png) ~~s~~ $x$ {0}`,
  'x'.repeat(10_000),
];

/** Hostile names everywhere that a name can be. */
export function hostileResult(name: string): Result {
  const check = { id: name, title: name, status: 'fail', value: name, advice: name } as const;
  const [gate] = fullReport.gates;
  const report: RobustnessReport = {
    ...fullReport,
    model: { ...fullReport.model, path: name, format: name },
    dataset: { ...fullReport.dataset, spec: name, classNames: [name, name] },
    threat: { ...fullReport.threat, bounds: 'per column', immutable: [name], integer: [name] },
    engine: { ...fullReport.engine, reason: name },
    request: { ...fullReport.request, model: name, data: name, label: name },
    attacks: fullReport.attacks.map((row) => ({ ...row, name, ...(row.members && { members: row.members.map((member) => ({ ...member, name })) }) })),
    curve: [{ attack: name, epsilon: 0.1, robustAccuracy: 0.5, interval: [0, 1] }],
    perGroup: [{ group: name, total: 5, cleanAccuracy: 1, robustAccuracy: 0.5 }],
    checks: [check, { ...check, status: 'warn' }, { ...check, status: 'not-run' }],
    gates: [{ ...gate!, status: 'missed', attack: name, where: [name, 1] }, { ...gate!, id: 'robust', attack: name, status: 'inconclusive' }],
  };
  const model = { ...exampleComparison.after.model, path: name };
  const side = { ...exampleComparison.after, model, failedChecks: [{ id: name, title: name }] };
  const comparison = {
    ...exampleComparison,
    ...{ before: side, after: side, warnings: [name] },
    dataset: { ...exampleComparison.dataset, spec: name, classNames: Array<string>(10).fill(name) },
    attacks: exampleComparison.attacks.map((row) => ({ ...row, attack: name })),
  };
  return { name, report, comparison };
}
