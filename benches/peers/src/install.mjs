/** Installs the peers, in this folder alone, unless what package-lock.json names is there. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../', import.meta.url);
const stamp = new URL('node_modules/.lowrank-peers', folder);

/** None of the packages may run code while it is being installed; the binaries that are needed lie in them. */
const COMMAND_LINE = 'npm ci --ignore-scripts --no-audit --no-fund';

/** A failure is told and no more: who is not there will be shown as absent. */
export function installPeers() {
  const lock = readFileSync(new URL('package-lock.json', folder));
  const state = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  console.error(`peers: installing, about 850 MB on disk (${COMMAND_LINE})`);
  const { status } = spawnSync(COMMAND_LINE, { cwd: fileURLToPath(folder), shell: true, stdio: 'inherit' });
  if (status === 0) writeFileSync(stamp, state);
  else console.error('peers: installing failed. Is the npm registry reachable?');
}
