"""The samples of all ops, a file for each family; `OPS` of each file lists its ops."""
from samples import creation, elementwise, indexing, lane, matmul, optimizer, reduce, shape, window

FAMILIES = [creation, elementwise, reduce, lane, matmul, window, shape, indexing, optimizer]

OPS = [op for family in FAMILIES for op in family.OPS]
