// How jest runs the tests. TypeScript is only stripped of its types here; `npm run typecheck` checks them.

import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

// Tests of the GPU run on SwiftShader, a Vulkan driver without a card, where Chromium has brought it. Dawn reads these when it is
// loaded, and tests cannot set them: what they see as the environment is a copy.
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (existsSync(SWIFTSHADER)) {
  process.env.VK_ICD_FILENAMES ??= SWIFTSHADER;
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
}

export default {
  testMatch: ['<rootDir>/{packages/*,benches,docs,examples,examples/*}/test/**/*.test.ts'],
  testEnvironment: 'node',
  reporters: ['default', '<rootDir>/tools/closing-line.mjs'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@lowrank/([a-z]+)$': '<rootDir>/packages/$1/src/index.ts',
    '^lowrank$': '<rootDir>/packages/lowrank/src/index.ts',
    '^#disk$': '<rootDir>/packages/tensor/src/safetensors/disk/node.ts',
    '^#host$': '<rootDir>/packages/models/src/host/node.ts',
    '^#platform$': '<rootDir>/packages/tensor/src/kernels/wasm/platform/node.ts',
    '^#scripts$': '<rootDir>/packages/lowrank/src/report/scripts/node.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  // By default one core is left alone, which of two is half.
  maxWorkers: '100%',
  // Two busy cores can be ten times slower than one idle one; a test that hangs is still found.
  testTimeout: 60_000,
  transform: { '\\.ts$': ['ts-jest', { useESM: true, tsconfig: '<rootDir>/tsconfig.jest.json' }] },
  // Not 'v8', which takes comments and types for covered lines, and files of types alone for uncovered ones.
  coverageProvider: 'babel',
  collectCoverageFrom: ['packages/*/src/**/*.ts', '!**/generated/**', '!**/*.d.ts'],
  coverageReporters: ['text-summary', 'lcovonly'],
  coverageThreshold: { global: { lines: 95 } },
};
