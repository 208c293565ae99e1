// `lowrank playground`: what it serves with which headers, when it ends, and what it refuses.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { playgroundCommand } from '../src/playground-command.js';

describe('lowrank playground', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lowrank-playground-'));

  beforeAll(() => {
    mkdirSync(join(folder, 'workers'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>it</title>');
    writeFileSync(join(folder, 'workers', 'a-BxYz0_1q.js'), 'self');
    const headers = {
      '/': { 'Cross-Origin-Opener-Policy': 'same-origin', 'Content-Security-Policy': 'of pages' },
      '/workers/': { 'Content-Security-Policy': 'of workers' },
    };
    writeFileSync(join(folder, 'headers.json'), JSON.stringify(headers));
  });

  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const run = (signal: AbortSignal, ...args: string[]) =>
    playgroundCommand(signal).parseAsync(['--folder', folder, ...args], { from: 'user' });

  /** Serves, asks, and ends the server. */
  async function ask(path: string): Promise<Response> {
    const stop = new AbortController();
    const address = new Promise<string>((resolve) => {
      jest
        .spyOn(console, 'log')
        .mockImplementation((line) => resolve(/http:\/\/[\w.:]+/.exec(line)?.[0] ?? line));
    });
    const served = run(stop.signal, '--port', '0', '--host', '127.0.0.1');
    try {
      const response = await fetch((await address) + path);
      await response.clone().text();
      return response;
    } finally {
      stop.abort();
      await served;
    }
  }

  it('serves the page, says where, and ends in peace when it is told to', async () => {
    const response = await ask('/');
    expect(await response.text()).toContain('<title>it</title>');
    expect(response.headers.get('content-type')).toMatch('text/html');
  });

  it('sends the headers that the build asks for, the more special over the general', async () => {
    const [page, worker] = [await ask('/index.html'), await ask('/workers/a-BxYz0_1q.js')];
    expect(page.headers.get('content-security-policy')).toBe('of pages');
    expect(worker.headers.get('content-security-policy')).toBe('of workers');
    expect(worker.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  });

  it('lets browsers keep what has a hash in its name, and nothing else', async () => {
    expect((await ask('/')).headers.get('cache-control')).toBe('no-cache');
    expect((await ask('/workers/a-BxYz0_1q.js')).headers.get('cache-control')).toMatch('immutable');
  });

  it('has nothing outside of its folder', async () => {
    expect((await ask('/missing')).status).toBe(404);
    expect((await ask('/..%2f..%2fpackage.json')).status).toBe(404);
  });

  it('refuses what is no port, and a folder that holds no build', async () => {
    const { signal } = new AbortController();
    await expect(run(signal, '--port', '70000')).rejects.toThrow(
      "playground: --port must be a whole number from 0 to 65535, not '70000'",
    );
    await expect(run(signal, '--folder', join(folder, 'workers'))).rejects.toThrow(
      /there is no build of the playground in .*workers.*npm run playground/,
    );
  });

  it('says so if the port is taken', async () => {
    const stop = new AbortController();
    const line = new Promise<string>((resolve) => jest.spyOn(console, 'log').mockImplementation(resolve));
    const served = run(stop.signal, '--port', '0', '--host', '127.0.0.1');
    const [, port = ''] = /:(\d+)\//.exec(await line) ?? [];
    await expect(run(stop.signal, '--port', port, '--host', '127.0.0.1')).rejects.toThrow(
      `playground: port ${port} is taken. Choose another with --port or --host`,
    );
    stop.abort();
    await served;
  });
});
