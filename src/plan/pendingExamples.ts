import type { SampleRecord } from '../core/record.ts';
import type { Example } from '../evaluate/example.ts';
import type { Archive } from './archive.ts';
import type { ExampleSource } from './exampleSource.ts';

/** The examples that have attacks left to run; what is known of the others, and of these, goes to `recalled`. */
export async function* pendingExamples(
  source: ExampleSource,
  archive: Archive,
  recalled: (record: SampleRecord) => void,
): AsyncGenerator<Example, void> {
  for await (const example of source) {
    const { known, pending } = archive.recall(example);
    for (const record of known) recalled(record);
    if (pending.length > 0) yield { ...example, pending };
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
