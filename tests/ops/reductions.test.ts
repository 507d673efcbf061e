import { testFamily } from "./testing.ts";

testFamily("reductions");
