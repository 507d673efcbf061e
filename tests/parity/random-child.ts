// Prints the home that runs and every case that differs from PyTorch, as JSON.
import { info } from "../../src/index.ts";
import { drawn, mismatch } from "./random-cases.ts";

const { backend, instructionSet } = info();
const mismatches = drawn.map(mismatch).filter((found) => found !== undefined);
console.log(JSON.stringify({ backend, instructionSet, cases: drawn.length, mismatches }));
