import { testFamily } from "./testing.ts";

testFamily("math");
