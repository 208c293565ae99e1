/** Checksums that stand for arrays too long to commit. */

import { createHash } from 'node:crypto';
import type { TypedArray } from '../../src/dtype.js';

/** What `hashlib.sha256(t.numpy().tobytes()).hexdigest()[:16]` gives in Python. */
export function digest(values: TypedArray): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
