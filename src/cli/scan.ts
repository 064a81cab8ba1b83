import { stderr, stdout } from 'node:process';
import type { Argv, CommandModule } from 'yargs';
import { UserError } from '../core/errors.ts';
import type { RobustnessReport } from '../core/report.ts';
import type { ScanRequest } from '../plan/plan.ts';
import type { Format } from '../report/reporter.ts';
import { formats } from '../report/reporter.ts';
import { exitCodes, interrupted } from './exitCodes.ts';
import type { ScanArguments } from './scanFlags.ts';
import { scanEpilogue, scanExamples, scanFlags } from './scanFlags.ts';
import { given } from './values.ts';

const describe = "measure how far a model's accuracy falls under attack";

/** Flags → request → report → stdout and files. */
export const scan: CommandModule<object, ScanArguments> = {
  command: 'scan [model]',
  describe,
  builder: (yargs): Argv<ScanArguments> =>
    yargs
      .positional('model', { type: 'string', describe: 'saved model, also as --model: a folder or its model.json (default: bundled)' })
      .options(scanFlags)
      .example(scanExamples)
      .epilogue(scanEpilogue),
  handler: async ({ format, json = false, quiet = false, ...args }) => {
    if (format && args.out === undefined) {
      throw new UserError('--format: expected together with --out DIR, where the files go (--json prints the report)');
    }
    const report = await run(requestOf(args), quiet);
    if (report === undefined) return;
    await deliver(report, { out: args.out, formats: format ?? formats, shown: json ? 'json' : 'text' });
    process.exitCode = exitCodes[report.verdict];
  },
};

type RequestArguments = Omit<ScanArguments, 'format' | 'json' | 'quiet'>;

/** What was given, under the names of the library. The plan checks it, names too. */
function requestOf({ attack, 'batch-size': batchSize, 'at-least': atLeast, 'skip-unreadable': skipUnreadable, ...same }: RequestArguments): ScanRequest {
  const { model, data, norm, epsilon, target, range, mean, std, limit, offset, shuffle, seed, workers, engine, out } = same;
  const { classes, label, bounds, immutable, integer } = same;
  return given({
    ...{ model, data, range, mean, std, limit, offset, shuffle, attacks: attack, norm, epsilon, target },
    ...{ classes, skipUnreadable, label, bounds, immutable, integer },
    ...{ seed, workers, batchSize, engine, atLeast, out },
  }) as ScanRequest;
}

/** Undefined when interrupted: the first Ctrl-C ends the scan in order, a second one at once. */
async function run(request: ScanRequest, quiet: boolean): Promise<RobustnessReport | undefined> {
  const { scan } = await import('../plan/scan.ts');
  const { openDisplay } = await import('./progress.ts');
  const display = await openDisplay(quiet);
  const abort = new AbortController();
  const onInterrupt = () => abort.abort();
  process.once('SIGINT', onInterrupt);
  try {
    return await scan(request, { progress: display.progress, note: display.note, signal: abort.signal });
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    display.stop();
    stderr.write('interrupted, no result\n');
    process.exitCode = interrupted;
    return undefined;
  } finally {
    process.off('SIGINT', onInterrupt);
    display.stop();
  }
}

interface Delivery {
  readonly out: string | undefined;
  readonly formats: readonly Format[];
  /** What stdout shows. */
  readonly shown: Format;
}

async function deliver(report: RobustnessReport, { out, formats, shown }: Delivery): Promise<void> {
  const { reporters } = await import('../report/index.ts');
  const { writeReports } = await import('../report/write.ts');
  // The scan itself leaves report.json, the result that everything else reads, beside samples.jsonl.
  if (out !== undefined) await writeReports(out, report, formats.filter((format) => format !== 'json'));
  stdout.write(reporters[shown].render(report, { colour: stdout.isTTY && stdout.hasColors() }));
}
