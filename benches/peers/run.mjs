/** Runs the benches against peers: `npm run bench:peers`. */
import { installPeers } from './src/install.mjs';

installPeers();
// Loaded now, because what it needs may just have been installed.
const { peersCommand } = await import('./src/command.mjs');
await peersCommand().parseAsync();
