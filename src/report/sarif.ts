import { createHash } from 'node:crypto';
import type { Log, ReportingDescriptor, Result as Finding, Run } from 'sarif';
import type { Result } from '../core/result.ts';
import { casesOf, levelOf } from './casesOf.ts';
import type { Case } from './casesOf.ts';
import { clipped } from './clipped.ts';
import { counted } from './figures.ts';
import { asJson } from './json.ts';
import type { Reporter } from './reporter.ts';
import { uriOf } from './uriOf.ts';

/** For code scanning (SARIF 2.1.0): a run for each scan, a rule for each gate and check, a finding where one asks for attention. */
export const sarif: Reporter = {
  file: 'report.sarif',
  render: (results) => {
    const log: Log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: results.map(runOf) };
    return asJson(log);
  },
};

function runOf(result: Result): Run {
  const { name, report } = result;
  const cases = casesOf(result);
  const findings = [...cases.flatMap((one) => findingOf(one, result)), ...regressed(result)];
  const rules = [...new Map([...cases.map(ruleOf), regressedRule].map((rule) => [rule.id, rule])).values()];
  return {
    tool: { driver: { name: report.tool.name, version: report.tool.version, rules } },
    ...(name !== undefined && { automationDetails: { id: `breakwater/${uriOf(name)}/` } }),
    results: findings.map((finding) => ({ ...finding, ruleIndex: rules.findIndex(({ id }) => id === finding.ruleId) })),
    columnKind: 'utf16CodeUnits',
  };
}

/** Gates of the same kind share a rule. */
function ruleOf(one: Case): ReportingDescriptor {
  const title = one.id === 'robust' ? 'robustness under an attack' : one.title;
  return { id: ruleIdOf(one), shortDescription: { text: message(title) } };
}

function ruleIdOf({ kind, id }: Case): string {
  return kind === 'scan' ? id : `${kind}/${id}`;
}

function findingOf(one: Case, result: Result): Finding[] {
  const level = levelOf(one);
  if (level === 'none') return [];
  return [{ ruleId: ruleIdOf(one), level, message: { text: message(one.line) }, ...placeOf(result, `${ruleIdOf(one)} ${one.title}`) }];
}

const regressedRule: ReportingDescriptor = { id: 'regressed-samples', shortDescription: { text: 'examples that were robust in the baseline' } };

/** The first of them; the properties have all. */
const mostNamed = 20;

/** The examples that were lost since the baseline, as one. */
function regressed(result: Result): Finding[] {
  const { lostIds = [] } = result.comparison?.worstCase ?? {};
  if (lostIds.length === 0) return [];
  const more = lostIds.length > mostNamed ? ', …' : '';
  const text = `${counted(lostIds.length, 'example')} that survived in the baseline did not now: ids ${lostIds.slice(0, mostNamed).join(', ')}${more}`;
  return [{ ruleId: regressedRule.id, level: 'note', message: { text }, ...placeOf(result, regressedRule.id), properties: { ids: [...lostIds] } }];
}

/** The model's file, and a mark by which the same finding is known in the next run, whatever the figures. */
function placeOf({ name = '', report: { model } }: Result, what: string): Pick<Finding, 'locations' | 'partialFingerprints'> {
  const mark = createHash('sha256').update([name, model.path, what].join('\n')).digest('hex');
  return {
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(model.path) }, region: { startLine: 1 } } }],
    partialFingerprints: { primaryLocationLineHash: mark },
  };
}

const longest = 2000;

/** Brackets would make links of it, and braces placeholders. */
function message(text: string): string {
  return clipped(text, longest).replace(/[\\[\]]/g, String.raw`\$&`).replace(/[{}]/g, '$&$&');
}
