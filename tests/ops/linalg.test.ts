import { testFamily } from "./testing.ts";

testFamily("linalg");
