import { stderr } from 'node:process';
import { duration } from '../report/figures.ts';
import { printable } from '../report/printable.ts';

/** How far a scan is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly attack: string;
  /** Per second. */
  readonly rate: number;
  readonly secondsLeft: number;
}

/** What a running scan says meanwhile, on stderr. */
export interface Display {
  readonly progress: (at: Progress) => void;
  /** A line that stays. */
  readonly note: (line: string) => void;
  /** Clears what moves. */
  readonly stop: () => void;
}

/** A bar on a terminal, a line now and then elsewhere, nothing when quiet. */
export async function openDisplay(quiet: boolean): Promise<Display> {
  if (quiet) return { progress: () => undefined, note: () => undefined, stop: () => undefined };
  return stderr.isTTY ? bar() : lines(5_000);
}

async function bar(): Promise<Display> {
  const { default: progress } = await import('cli-progress');
  const drawn = new progress.SingleBar(
    {
      stream: stderr,
      format: '{bar} {percentage} %  {value} of {total}  {attack}  {pace}',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      autopadding: true,
      fps: 5,
    },
    progress.Presets.shades_grey,
  );
  return {
    progress(at) {
      const payload = { attack: printable(at.attack), pace: pace(at) };
      if (!drawn.isActive) drawn.start(at.total, at.done, payload);
      else drawn.update(at.done, payload);
    },
    note(line) {
      const clear = drawn.isActive ? '\r\u001b[K' : '';
      stderr.write(`${clear}${printable(line)}\n`);
    },
    stop: () => drawn.stop(),
  };
}

function lines(every: number): Display {
  let next = Date.now() + every;
  return {
    progress(at) {
      if (Date.now() < next) return;
      next = Date.now() + every;
      stderr.write(`${printable(at.attack)}: ${at.done} of ${at.total}, ${pace(at)}\n`);
    },
    note: (line) => void stderr.write(`${printable(line)}\n`),
    stop: () => undefined,
  };
}

function pace({ rate, secondsLeft }: Progress): string {
  if (rate === 0) return 'known already';
  return `${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s, ${duration(secondsLeft)} left`;
}
