import type { SampleRecord } from '../core/record.ts';
import type { Example } from '../evaluate/example.ts';
import type { Archive } from './records/archive.ts';
import type { HashedExample } from './exampleSource.ts';
import type { SavedExamples } from './records/savedExamples.ts';

/**
 * The examples that have attacks left to run, or to run again for their points or the files of `saved`; what is known of
 * the others, and of these, goes to `recalled`.
 */
export async function* pendingExamples(
  source: AsyncIterable<HashedExample>,
  archive: Archive,
  recalled: (record: SampleRecord) => void,
  saved: SavedExamples | undefined,
): AsyncGenerator<Example, void> {
  for await (const example of source) {
    const { known, pending, again } = archive.recall(example);
    for (const record of known) recalled(record);
    const toRun = [...pending, ...again];
    const left = (await saved?.admit(example, known, toRun)) ?? toRun;
    if (left.length > 0) yield { ...example, pending: left };
  }
}

/** The same examples, once it is known that there is one; undefined when there is none. */
export async function unlessEmpty(examples: AsyncGenerator<Example, void>): Promise<AsyncGenerator<Example, void> | undefined> {
  const first = await examples.next();
  return first.done ? undefined : startingWith(first.value, examples);
}

async function* startingWith(first: Example, rest: AsyncGenerator<Example, void>): AsyncGenerator<Example, void> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return();
  }
}
