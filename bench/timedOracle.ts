import type { Oracle } from '../src/core/oracle.ts';

/** An oracle that counts the rows it is asked about and the milliseconds until it answers. */
export class TimedOracle {
  rows = 0;
  milliseconds = 0;
  readonly oracle: Oracle;

  constructor(oracle: Oracle) {
    this.oracle = {
      ...oracle,
      predict: (points, rows) => this.timed(rows, () => oracle.predict(points, rows)),
      gradient: (points, losses, rows) => this.timed(rows, () => oracle.gradient(points, losses, rows)),
    };
  }

  private async timed<T>(rows: number, ask: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const answer = await ask();
    this.milliseconds += performance.now() - start;
    this.rows += rows;
    return answer;
  }
}
