/** Parameters by name. */
import { ArgumentError, type DType, formatValue } from '@lowrank/tensor';
import { checkOptions } from '../checks.js';
import { Parameter } from '../parameter.js';
import { NamedFields } from './named-fields.js';

/** What PyTorch calls tensors of the dtypes that parameters have. */
const TYPE_NAMES: Readonly<Partial<Record<DType, string>>> = { float32: 'Float', float64: 'Double' };

/** Parameters by name, which are trained, saved and printed with the module that this stands in. `torch.nn.ParameterDict` */
export class ParameterDict extends NamedFields<Parameter> {
  /** @throws ArgumentError for anything but parameters, and for names that cannot be fields. */
  constructor(parameters: Readonly<Record<string, Parameter>> = {}) {
    super();
    checkOptions('ParameterDict', parameters);
    for (const [name, parameter] of Object.entries(parameters)) this.set(name, parameter);
  }

  protected check(name: string, value: unknown): asserts value is Parameter {
    if (value instanceof Parameter) return;
    throw new ArgumentError('ParameterDict', `${name} is ${formatValue(value)}, not a Parameter`);
  }

  override extraRepr(): string {
    return [...this]
      .map(([name, { dtype, shape }]) => {
        const type = `torch.${TYPE_NAMES[dtype] ?? dtype}Tensor`;
        return `  (${name}): Parameter containing: [${type} of size ${shape.join('x')}]`;
      })
      .join('\n');
  }
}
