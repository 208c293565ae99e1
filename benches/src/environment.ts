/** Where and how the measurements were taken. */
import { availableParallelism, cpus, totalmem } from 'node:os';
import { type CpuInfo, cpuInfo } from 'lowrank';

export interface Environment {
  readonly date: string;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  /** In megabytes. */
  readonly memory: number;
  readonly cpuInfo: CpuInfo;
}

export function environment(): Environment {
  const { version, versions, platform, arch } = process;
  return {
    date: new Date().toISOString(),
    node: version,
    v8: versions.v8,
    platform: `${platform} ${arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 20),
    cpuInfo: cpuInfo(),
  };
}

/** In two lines and one for each reason why something is not in use. */
export function describeEnvironment({ node, v8, platform, cpu, cores, cpuInfo }: Environment): string[] {
  const { backend, simd, wide, tile, threads, reasons } = cpuInfo;
  return [
    `Node ${node.slice(1)} (V8 ${v8}), ${platform}, ${cpu}, ${cores} cores`,
    `lowrank: ${backend} backend, ${simd} SIMD, wide pass ${wide ? 'on' : 'off'}, register tile ${tile ?? 'none'}, ` +
      `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    ...Object.entries(reasons).map(([feature, reason]) => `${feature} not in use: ${reason}`),
  ];
}
