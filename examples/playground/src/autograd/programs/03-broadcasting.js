// Broadcasting: what was stretched is summed on the way back
import { named, tensor } from 'lowrank';

const column = named(tensor([[1], [2], [3]], { requiresGrad: true }), 'column');
const row = named(tensor([[10, 20]], { requiresGrad: true }), 'row');

// [3, 1] and [1, 2] meet as [3, 2]: each of them is stretched along one axis.
const table = column.mul(row);
console.log('table =', table);

const total = table.square().sum();
show(total, { title: 'Broadcasting' });

total.backward();
console.log('column.grad =', column.grad);
console.log('row.grad    =', row.grad);
