/** The config of an adapter that is made out of values instead of trained. */
import type { LoraConfig } from '../config.js';

/** A config that adapts just these layers, each with its rank, and with a scale of 1. */
export function exactConfig(layers: readonly { readonly path: string; readonly rank: number }[]): LoraConfig {
  const r = Math.max(...layers.map(({ rank }) => rank));
  const others = layers.filter(({ rank }) => rank !== r);
  const ranks = Object.fromEntries(others.map(({ path, rank }) => [`^${literally(path)}`, rank]));
  const targetModules = layers.map(({ path }) => literally(path)).join('|');
  return { r, alpha: r, targetModules, rankPattern: ranks, alphaPattern: ranks };
}

/** A regular expression that only this text matches. */
function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
