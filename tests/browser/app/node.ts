/** Trains in Node and prints the losses, as the page gives them. */
import { info } from "nabla";
import { train } from "./training.ts";

console.log(JSON.stringify({ info: info(), losses: await train(process.argv[2] as string) }));
