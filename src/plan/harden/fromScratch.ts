import { randomOf } from '../../core/random.ts';
import type { Trainable } from '../../graph/trainable.ts';
import type { Note } from '../subject.ts';

/** The model as if it had learned nothing: its weights drawn from the seed. Says which numbers it keeps. */
export async function fromScratch(trainable: Trainable, seed: number, note: Note): Promise<Trainable> {
  const drawn = await trainable.draw(randomOf(seed, 'weights'));
  const kept = trainable.parameters.flatMap(({ name }) => (drawn.has(name) ? [] : [name]));
  if (kept.length > 0) note(`from scratch: these keep their numbers, being frozen or of a role that is not known: ${named(kept)}`);
  return { ...trainable, parameters: trainable.parameters.map((each) => ({ ...each, data: drawn.get(each.name) ?? each.data })) };
}

const mostNamed = 10;

function named(names: readonly string[]): string {
  const more = names.length > mostNamed ? `, and ${names.length - mostNamed} more` : '';
  return `${names.slice(0, mostNamed).join(', ')}${more}`;
}
