import { stderr, stdout } from 'node:process';
import type { Argv, CommandModule } from 'yargs';
import { UserError } from '../core/errors.ts';
import type { RobustnessReport } from '../core/report.ts';
import type { ScanRequest } from '../plan/plan.ts';
import type { Format } from '../report/reporter.ts';
import { formats } from '../report/reporter.ts';
import type { Progress } from './progress.ts';
import { exitCodes } from './exitCodes.ts';
import { listenForInterrupts } from './interrupts.ts';
import { keepHeapSmall } from './keepHeapSmall.ts';
import type { ScanArguments } from './scanFlags.ts';
import { scanEpilogue, scanExamples, scanFlags } from './scanFlags.ts';
import { given } from './values.ts';

const describe = 'measure how well a model holds under attack';

/** Flags → request → report → stdout and files. */
export const scan: CommandModule<object, ScanArguments> = {
  command: 'scan [model]',
  describe,
  builder: (yargs): Argv<ScanArguments> =>
    yargs
      .positional('model', { type: 'string', describe: 'saved model, also as --model: an .onnx file, a model.json, or their folder (default: bundled)' })
      .options(scanFlags)
      .example(scanExamples)
      .epilogue(scanEpilogue),
  handler: async ({ format, json = false, quiet = false, verbose = false, ...args }) => {
    if (format && args.out === undefined) {
      throw new UserError('--format: expected together with --out DIR, where the files go (--json prints the report)');
    }
    const report = await run(requestOf(args), { quiet, verbose });
    if (report === undefined) return;
    await deliver(report, { out: args.out, formats: format ?? formats, shown: json ? 'json' : 'text' });
    process.exitCode = exitCodes[report.verdict];
  },
};

type RequestArguments = Omit<ScanArguments, 'format' | 'json' | 'quiet' | 'verbose'>;

/** What was given, under the names of the library. The plan checks it, names too. */
function requestOf({ attack, 'batch-size': batchSize, 'at-least': atLeast, 'skip-unreadable': skipUnreadable, 'save-examples': saveExamples, 'input-shape': inputShape, 'time-limit': timeLimit, 'straight-through': straightThrough, ...same }: RequestArguments): ScanRequest {
  const { model, output, data, norm, epsilon, curve, target, range, mean, std, limit, offset, shuffle, seed, workers, engine, out, checks, cache = true } = same;
  const { classes, labels, label, bounds, immutable, integer } = same;
  return given({
    ...{ model, output, inputShape, data, range, mean, std, limit, offset, shuffle, attacks: attack, norm, epsilon, curve, target },
    ...{ classes, labels, skipUnreadable, label, bounds, immutable, integer },
    ...{ seed, workers, batchSize, engine, straightThrough, atLeast, checks, out, saveExamples, cache, timeLimit },
  }) as ScanRequest;
}

/** Undefined when it was stopped before its end, which stderr and the exit code then tell. */
async function run(request: ScanRequest, { quiet, verbose }: { readonly quiet: boolean; readonly verbose: boolean }): Promise<RobustnessReport | undefined> {
  keepHeapSmall();
  const { scan } = await import('../plan/scan.ts');
  const { keptIn, leftBehind, Unfinished } = await import('../plan/unfinished.ts');
  const { openDisplay } = await import('./progress.ts');
  const display = await openDisplay(quiet);
  const interrupts = listenForInterrupts();
  let last: Progress | undefined;
  const progress = (at: Progress) => display.progress((last = at));
  try {
    return await scan(request, { progress, note: display.note, ...(verbose && { detail: display.note }), signal: interrupts.signal });
  } catch (error) {
    const interrupted = error === interrupts.signal.reason ? interrupts.code() : undefined; // any other error counts, also after Ctrl-C
    const code = interrupted ?? (error instanceof Unfinished ? exitCodes.inconclusive : undefined);
    if (code === undefined) throw error;
    display.stop();
    stderr.write(`breakwater: ${error instanceof Unfinished ? error.message : leftBehind('interrupted', last, keptIn(request))}\n`);
    process.exitCode = code;
    return undefined;
  } finally {
    interrupts.stop();
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
  if (out !== undefined) writeReports(out, report, formats.filter((format) => format !== 'json'));
  stdout.write(reporters[shown].render(report, { colour: stdout.isTTY && stdout.hasColors() }));
}
