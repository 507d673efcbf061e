/** Whether the user asked by the environment to take up runs, as `nabla train PROGRAM --resume` does. */
export function resumesByEnvironment(): boolean {
  const node = (globalThis as { process?: Partial<NodeJS.Process> }).process;
  return node?.env?.NABLA_RESUME === "1";
}
