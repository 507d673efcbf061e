import { testFamily } from "./testing.ts";

testFamily("bitwise");
