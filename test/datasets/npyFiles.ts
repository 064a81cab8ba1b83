import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { folderWith } from './idxFiles.ts';

/** An .npy file as NumPy's format description says, written by hand. */
export function npyBytes(descr: string, shape: readonly number[], data: ArrayBufferView, { fortran = false, version = 1 } = {}): Buffer {
  const fields = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.map((length) => `${length},`).join(' ')}), }`;
  const text = Buffer.from(`${fields}\n`);
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(text.length, 0, length.length);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.of(version, 0), length, text, bytesOf(data)]);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Two files, and their spec. */
export function npySpec(x: Buffer, y: Buffer): { spec: string; x: string; y: string } {
  const folder = folderWith({ 'x.npy': x, 'y.npy': y });
  const [xPath, yPath] = [join(folder, 'x.npy'), join(folder, 'y.npy')];
  return { spec: `npy:${xPath},${yPath}`, x: xPath, y: yPath };
}

/** A zip of these files, deflated or stored. */
export function zipBytes(files: Readonly<Record<string, Buffer>>, { deflate = true } = {}): Buffer {
  let offset = 0;
  const parts = Object.entries(files).map(([name, content]) => {
    const data = deflate ? deflateRawSync(content) : content;
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(deflate ? 8 : 0, 4);
    about.writeUInt32LE(crc32(content), 10);
    about.writeUInt32LE(data.length, 14);
    about.writeUInt32LE(content.length, 18);
    about.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), about, Buffer.from(name), data]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    offset += local.length;
    return { local, entry: Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.of(20, 0), about, place, Buffer.from(name)]) };
  });
  const directory = Buffer.concat(parts.map(({ entry }) => entry));
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts.map(({ local }) => local), directory, end]);
}
