/** Warnings of likely mistakes that are no errors, since a program may mean what it does. */

const told = new Set<string>();

/**
 * Prints a warning by `console.warn`, each message once a process. The environment variable NABLA_WARNINGS=0 turns
 * warnings off.
 */
export function warnOnce(message: string): void {
  if (told.has(message) || globalThis.process?.env?.NABLA_WARNINGS === "0") return;
  told.add(message);
  console.warn(`nabla: ${message}`);
}
