import { testFamily } from "./testing.ts";

testFamily("elementwise");
