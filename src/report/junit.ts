import { create } from 'xmlbuilder2';
import type { RobustnessReport } from '../core/report.ts';
import type { Result } from '../core/result.ts';
import { casesOf } from './casesOf.ts';
import type { Case } from './casesOf.ts';
import { clipped } from './clipped.ts';
import { counted } from './figures.ts';
import { printable } from './printable.ts';
import type { Reporter } from './reporter.ts';
import { scanCommand } from './scanCommand.ts';

/** For the test views of pipelines: a suite for each scan, a test case for each gate and check. */
export const junit: Reporter = {
  file: 'junit.xml',
  render: (results) => {
    const suites = results.map(suiteOf);
    const sum = (field: Count) => suites.reduce((total, suite) => total + suite[`@${field}`], 0);
    const totals = { '@name': 'breakwater', '@tests': sum('tests'), '@failures': sum('failures'), '@errors': sum('errors') };
    const options = { version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\ufffd' } as const;
    return `${create(options, { testsuites: { ...totals, testsuite: suites } }).end({ prettyPrint: true })}\n`;
  },
};

type Count = 'tests' | 'failures' | 'errors' | 'skipped';
type Outcome = 'failure' | 'error' | 'skipped' | 'passed';

/** What is open is an error, since nobody failed; it is no pass either. */
const outcomes: Readonly<Record<Case['status'], Outcome>> = {
  ...{ missed: 'failure', fail: 'failure', inconclusive: 'error', 'not-run': 'skipped' },
  ...{ held: 'passed', measured: 'passed', pass: 'passed', warn: 'passed' },
};

function suiteOf(result: Result) {
  const { name, report } = result;
  const cases = casesOf(result);
  const counted = (outcome: Outcome) => cases.filter(({ status }) => outcomes[status] === outcome).length;
  return {
    '@name': shown(name ?? report.model.path),
    '@tests': cases.length,
    '@failures': counted('failure'),
    '@errors': counted('error'),
    '@skipped': counted('skipped'),
    '@time': report.seconds.toFixed(3),
    properties: { property: Object.entries(propertiesOf(report)).map(([key, value]) => ({ '@name': key, '@value': shown(value) })) },
    testcase: cases.map((one) => testCase(one, result)),
  };
}

function propertiesOf({ tool, verdict, model, dataset, seed, request }: RobustnessReport): Record<string, string> {
  return {
    ...{ breakwater: tool.version, verdict, model: model.path, 'model.sha256': model.sha256, data: dataset.spec, 'data.sha256': dataset.sha256 },
    ...{ examples: String(dataset.examples), seed: String(seed), command: scanCommand(request) },
  };
}

function testCase(one: Case, { name, report }: Result) {
  const { kind, title, status, line } = one;
  return { '@classname': shown(`${name ?? 'breakwater'}: ${kind}s`), '@name': shown(title), '@time': 0, ...told[outcomes[status]](status, shown(line), report) };
}

type Telling = (status: string, line: string, report: RobustnessReport) => object;

const told: Readonly<Record<Outcome, Telling>> = {
  failure: (status, line, report) => ({ failure: complaint(status, line, report) }),
  error: (status, line, report) => ({ error: complaint(status, line, report) }),
  skipped: (_, line) => ({ skipped: { '@message': line } }),
  passed: (_, line) => ({ 'system-out': line }),
};

/** What was found, on what, and the command that finds it again. */
function complaint(status: string, line: string, { dataset, seed, request }: RobustnessReport): object {
  const subject = `${counted(dataset.examples, 'example')} of ${shown(dataset.spec)}, seed ${seed}`;
  return { '@type': status, '@message': line, '#': `${line}\n${subject}\n${scanCommand(request)}` };
}

const longest = 2000;

function shown(text: string): string {
  return printable(clipped(text, longest));
}
