/** The print options, by what they do to printed tensors; the texts are those of PyTorch 1.13. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { formatTensor, setPrintOptions } from '../src/print.js';

const f32 = (values: number[]) => formatTensor(Float32Array.from(values), [values.length], 'float32');
const int = (values: number[]) => formatTensor(Int32Array.from(values), [values.length], 'int32');

const counting = (count: number) => Array.from({ length: count }, (_, i) => i);
const lines = (...all: string[]) => all.join('\n');

afterEach(() => setPrintOptions({ profile: 'default' }));

describe('setPrintOptions', () => {
  it('obeys precision', () => {
    // torch.set_printoptions(precision=2); torch.tensor([1.12345])
    setPrintOptions({ precision: 2 });
    expect(f32([1.12345])).toBe('tensor([1.12])');
  });

  it('obeys precision 0, with ties to even', () => {
    // torch.set_printoptions(precision=0); torch.tensor([0.5, 1.5, 2.5])
    setPrintOptions({ precision: 0 });
    expect(f32([0.5, 1.5, 2.5])).toBe('tensor([0, 2, 2])');
  });

  it('obeys threshold and edgeItems', () => {
    // torch.set_printoptions(threshold=5, edgeitems=1); torch.arange(10)
    setPrintOptions({ threshold: 5, edgeItems: 1 });
    expect(int(counting(10))).toBe('tensor([0,  ..., 9])');
  });

  it('obeys lineWidth', () => {
    // torch.set_printoptions(linewidth=20); torch.arange(8)
    setPrintOptions({ lineWidth: 20 });
    expect(int(counting(8))).toBe(lines('tensor([0, 1, 2, 3,', '        4, 5, 6, 7])'));
  });

  it('obeys sciMode true', () => {
    // torch.set_printoptions(sci_mode=True); torch.tensor([1., 25.])
    setPrintOptions({ sciMode: true });
    expect(f32([1, 25])).toBe('tensor([1.0000e+00, 2.5000e+01])');
  });

  it('obeys sciMode false, beyond what toFixed can write', () => {
    // torch.set_printoptions(sci_mode=False); torch.tensor([0.5, 1e30])
    setPrintOptions({ sciMode: false });
    expect(f32([0.5, 1e30])).toBe('tensor([    0.5000, 1000000015047466219876688855040.0000])');
  });

  it('obeys the profile short', () => {
    // torch.set_printoptions(profile='short'); torch.arange(2000.).div(7)
    setPrintOptions({ profile: 'short' });
    expect(f32(counting(2000).map((i) => i / 7))).toBe(
      'tensor([0.00e+00, 1.43e-01,  ..., 2.85e+02, 2.86e+02])',
    );
  });

  it('obeys an option that overrides its profile', () => {
    // torch.set_printoptions(profile='short', precision=3); torch.tensor([1.12345])
    setPrintOptions({ profile: 'short', precision: 3 });
    expect(f32([1.12345])).toBe('tensor([1.123])');
  });

  it('never summarises in the profile full', () => {
    setPrintOptions({ profile: 'full' });
    expect(int(counting(5000))).not.toContain('...');
    expect(int(counting(5000)).match(/\d+/g)).toHaveLength(5000);
  });

  it('keeps what is not named, except sciMode', () => {
    // torch.set_printoptions(precision=2, sci_mode=True); torch.set_printoptions(linewidth=40); torch.tensor([1.5])
    setPrintOptions({ precision: 2, sciMode: true });
    setPrintOptions({ lineWidth: 40 });
    expect(f32([1.5])).toBe('tensor([1.50])');
  });

  it('takes an undefined value as not named', () => {
    setPrintOptions({ precision: 2 });
    setPrintOptions({ precision: undefined, threshold: 10 });
    expect(f32([1.5])).toBe('tensor([1.50])');
  });

  it.each<[unknown, string]>([
    [{ precision: 1.5 }, 'precision must be a whole number from 0 to 100, got 1.5'],
    [{ precision: 101 }, 'precision must be a whole number from 0 to 100, got 101'],
    [
      { threshold: -1 },
      'threshold must be a number that is not negative (Infinity to never summarise), got -1',
    ],
    [{ threshold: Number.NaN }, 'got NaN'],
    [{ edgeItems: 0 }, 'edgeItems must be a whole number of at least 1, got 0'],
    [
      { lineWidth: '80' },
      "lineWidth must be a whole number of at least 1 (Infinity to never wrap), got '80'",
    ],
    [{ sciMode: 1 }, 'sciMode must be true, false or null (null chooses by magnitude), got 1'],
    [{ edgeitems: 2 }, "unknown option 'edgeitems'; the options are precision, threshold, edgeItems"],
    [{ profile: 'long' }, "unknown profile 'long'; the profiles are default, short, full"],
  ])('refuses %j and changes nothing', (options, message) => {
    const set = () => setPrintOptions({ precision: 2, ...(options as object) });
    expect(set).toThrow(expect.objectContaining({ name: 'ArgumentError' }));
    expect(set).toThrow('setPrintOptions: ');
    expect(set).toThrow(message);
    expect(f32([1.5])).toBe('tensor([1.5000])');
  });

  it.each([undefined, null, 2, 'short'])('refuses %p in the place of the options', (options) => {
    const set = () => setPrintOptions(options as never);
    expect(set).toThrow(expect.objectContaining({ name: 'ArgumentError' }));
    expect(set).toThrow('setPrintOptions: takes its options as an object, { precision: 2 }, got');
  });
});
