/** Adapters as plans are told of them. */
import type { Capabilities } from '../../../src/kernels/gpu/wgsl/program.js';

/** A large card. */
export const CARD: Capabilities = { isIntel: false, isSoftware: false, subgroups: false };

/** SwiftShader, with tiles of a kind: `16x16x8/4x4@1` compiles fast. */
export const software = (cut?: string): Capabilities => ({ ...CARD, isSoftware: true, cut });
