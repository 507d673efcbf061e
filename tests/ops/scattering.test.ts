import { testFamily } from "./testing.ts";

testFamily("scattering");
