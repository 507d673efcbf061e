/** Derivatives beyond `backward()`: as values, of higher order, of a user's own functions, checked and watched. */
export { detectAnomaly, isAnomalyEnabled, setDetectAnomaly } from "../autograd/anomaly.ts";
export { Function, type FunctionClass, FunctionContext } from "./function.ts";
export { type GradOptions, grad } from "./grad.ts";
export { type Checked, type GradcheckOptions, gradcheck, gradgradcheck } from "./gradcheck.ts";
export { hessian, jacobian } from "./jacobian.ts";
