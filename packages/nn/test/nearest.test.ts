/** Which of some known names is meant by one that is unknown. */
import { describe, expect, it } from '@jest/globals';
import { Linear, SGD } from '@lowrank/nn';
import { nearestName } from '../src/nearest.js';

describe('nearestName', () => {
  const known = ['lr', 'momentum', 'weightDecay', 'targetModules'];

  it('finds what is misspelled, or in another spelling', () => {
    expect(nearestName('weight_decay', known)).toBe('weightDecay');
    expect(nearestName('target_modules', known)).toBe('targetModules');
    expect(nearestName('momentm', known)).toBe('momentum');
    expect(nearestName('WeigthDecay', known)).toBe('weightDecay');
  });

  it('finds nothing where nothing is alike', () => {
    expect(nearestName('betas', known)).toBeUndefined();
    expect(nearestName('x', [])).toBeUndefined();
  });

  it('is what optimisers ask for', () => {
    const make = () => new SGD(new Linear(2, 2).parameters(), { lr: 1, weight_decay: 1 } as never);
    expect(make).toThrow('there is no option weight_decay; there are lr, momentum');
    expect(make).toThrow('Did you mean weightDecay?');
  });
});
