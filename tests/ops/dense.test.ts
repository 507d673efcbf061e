import { testFamily } from "./testing.ts";

testFamily("dense");
