/** A part of a file's name for each label, in order: letters, digits and a few marks that every system takes; all different. */
export function fileNames(labels: readonly string[], reserved: readonly string[] = []): string[] {
  const taken = new Set(reserved);
  return labels.map((label) => {
    const plain = label.replace(/[^\w.=]+/g, '-').replace(/^[-.]+|-$/g, '').slice(0, longest) || 'unnamed';
    let name = plain;
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${plain}-${number}`;
    taken.add(name.toLowerCase()); // some systems do not tell A from a
    return name;
  });
}

const longest = 100;
