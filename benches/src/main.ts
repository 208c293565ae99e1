/** Runs the benches: `npm run bench`. */
import { benchCommand } from './command.js';

await benchCommand().parseAsync();
