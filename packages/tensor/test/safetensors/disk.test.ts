import { describe, expect, it } from '@jest/globals';
import { openFile, writeTogether, writeWhole } from '../../src/safetensors/disk/browser.js';

describe('where there is no disk', () => {
  it('tells what to do instead', async () => {
    await expect(openFile('a')).rejects.toThrow('parseSafetensors');
    await expect(writeWhole('a', new Uint8Array())).rejects.toThrow('serializeSafetensors');
    await expect(writeTogether('a', [])).rejects.toThrow('Offer their bytes as downloads');
  });
});
