// Loads nabla and prints what runs, or the error, as JSON.
try {
  const { info } = await import("../../src/index.ts");
  console.log(JSON.stringify({ info: info() }));
} catch (error) {
  const { message, code } = error as Error & { code?: string };
  console.log(JSON.stringify({ error: message, code }));
}
