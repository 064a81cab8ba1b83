/** The first few by number. */
export function samplesText(ids: readonly number[]): string {
  const most = 10;
  const left = ids.length > most ? ` and ${ids.length - most} more` : '';
  return `${ids.length === 1 ? 'sample' : 'samples'} ${ids.slice(0, most).join(', ')}${left}`;
}
