// Each thread's own working memory.

let start: usize = 0;

/** Tells this thread's instance where its working memory lies. */
export function useScratch(p: usize): void {
  start = p;
}

/** 1 MiB that no other thread touches; its contents do not outlive the chunk. */
@inline
export function scratch(): usize {
  return start;
}
