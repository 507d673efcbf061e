/** All of the core, for its size. */
import * as nabla from "nabla";

Object.assign(globalThis, { nabla, page: {} });
