import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Verdict } from './fuzzCase.ts';
import type { Answer } from './fuzzChild.ts';
import type { Group } from './seedFiles.ts';

export type Outcome = Verdict['outcome'] | 'crash' | 'hang' | 'memory';

/** A case that must not be: what happened, and the number that replays it. */
export interface Failure {
  readonly number: number;
  readonly outcome: Outcome;
  readonly text: string;
}

export interface Tally {
  /** Cases by seed file and outcome. */
  readonly counts: Map<string, Map<Outcome, number>>;
  readonly failures: Failure[];
  structured: number;
  /** The largest peak of a process's memory, in bytes. */
  peak: number;
}

export interface Fuzzing {
  readonly numbers: readonly number[];
  readonly processes: number;
  /** Default: all. */
  readonly group?: Group;
  readonly answered?: (answer: Answer) => void;
}

const hangMs = 10_000;
const memoryLimit = 2 ** 30;
/** What is freed late must not add up. */
const casesPerProcess = 200;

/** Runs cases in child processes, each with a limit of time and memory. */
export async function fuzz({ numbers, processes, group, answered }: Fuzzing): Promise<Tally> {
  const tally: Tally = { counts: new Map(), failures: [], structured: 0, peak: 0 };
  const waiting = [...numbers];
  const work = async (): Promise<void> => {
    while (waiting.length > 0) await oneProcess(waiting, tally, { group, answered });
  };
  await Promise.all(Array.from({ length: processes }, work));
  return tally;
}

/** One child's life: until it fails, or has had its share. */
async function oneProcess(waiting: number[], tally: Tally, { group, answered }: { [Key in 'group' | 'answered']: Fuzzing[Key] | undefined }): Promise<void> {
  const child = fork(fileURLToPath(new URL('fuzzChild.ts', import.meta.url)), group === undefined ? [] : [group], { execArgv: ['--import', 'tsx', '--max-old-space-size=900'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-4000)));
  try {
    const exited = once(child, 'exit').then(() => 'crash' as const);
    if ((await Promise.race([once(child, 'message'), exited])) === 'crash') throw new Error(`the fuzzing process did not start: ${errors}`);
    for (let done = 0; done < casesPerProcess; done++) {
      const number = waiting.shift();
      if (number === undefined) return;
      const answer = await ask(child, number, exited);
      if (typeof answer === 'string') return void fail(tally, { number, outcome: answer, text: errors });
      record(tally, answer);
      answered?.(answer);
      if (answer.peak > memoryLimit) return void fail(tally, { number, outcome: 'memory', text: `${answer.verdict.seed}: ${Math.round(answer.peak / 2 ** 20)} MB` });
    }
  } finally {
    child.kill('SIGKILL');
  }
}

async function ask(child: ChildProcess, number: number, exited: Promise<'crash'>): Promise<Answer | 'crash' | 'hang'> {
  child.send(number);
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<'hang'>((resolve) => (timer = setTimeout(() => resolve('hang'), hangMs)));
  const answered = once(child, 'message').then(([answer]) => answer as Answer);
  try {
    return await Promise.race([answered, exited, hung]);
  } finally {
    clearTimeout(timer);
  }
}

function record(tally: Tally, { number, peak, verdict: { seed, structured, outcome, text } }: Answer): void {
  tally.peak = Math.max(tally.peak, peak);
  count(tally, seed, outcome);
  if (structured) tally.structured++;
  if (outcome === 'internal error') tally.failures.push({ number, outcome, text: `${seed}: ${text}` });
}

function fail(tally: Tally, failure: Failure): void {
  count(tally, 'failed', failure.outcome);
  tally.failures.push(failure);
}

function count({ counts }: Tally, seed: string, outcome: Outcome): void {
  const row = counts.get(seed) ?? new Map<Outcome, number>();
  counts.set(seed, row.set(outcome, (row.get(outcome) ?? 0) + 1));
}

/** Cases with an outcome, over all seeds. */
export function total({ counts }: Tally, outcome: Outcome): number {
  return [...counts.values()].reduce((sum, row) => sum + (row.get(outcome) ?? 0), 0);
}
