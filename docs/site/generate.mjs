// Makes the pages of the site that are not written by hand: the API reference, the sources that guides link to, and viewers.
// @ts-check

import { join } from 'node:path';
import { writeApi } from './api.mjs';
import { readDocuments } from './markdown.mjs';
import { DOCS, GENERATED } from './places.mjs';
import { writeSources } from './sources.mjs';
import { writeViewers } from './viewers.mjs';

const guides = readDocuments()
  .map(({ path }) => path)
  .filter((path) => path.startsWith('docs/'));
writeViewers(guides);
writeSources(guides);
await writeApi(join(DOCS, GENERATED, 'api'));
