import { testFamily } from "./testing.ts";

testFamily("resizing");
