import type { Example } from '../evaluate/example.ts';
import type { ExampleSource } from './exampleSource.ts';

/** The examples with these ids, in the source's order. Reads on until the last of them has come. */
export async function examplesOf(ids: ReadonlySet<number>, source: ExampleSource): Promise<Example[]> {
  const examples: Example[] = [];
  if (ids.size === 0) return examples;
  for await (const { id, x, y } of source) {
    if (ids.has(id)) examples.push({ id, x, y });
    if (examples.length === ids.size) break;
  }
  return examples;
}
