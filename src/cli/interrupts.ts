/** What the shell sees of a process that ended on a signal: 128 and its number. */
const codes = { SIGINT: 130, SIGTERM: 143 } as const;
const names = ['SIGINT', 'SIGTERM'] as const;

export interface Interrupts {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The exit code, once there was one. */
  code(): number | undefined;
  stop(): void;
}

/** The first Ctrl-C or SIGTERM lets a command end in order; a second one ends the process at once, as without this. */
export function listenForInterrupts(): Interrupts {
  const abort = new AbortController();
  let code: number | undefined;
  const stop = () => names.forEach((name) => process.off(name, end));
  const end = (name: NodeJS.Signals) => {
    stop();
    code = codes[name as keyof typeof codes];
    abort.abort();
  };
  for (const name of names) process.on(name, end);
  return { signal: abort.signal, code: () => code, stop };
}
