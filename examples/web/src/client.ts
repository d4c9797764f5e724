// What `make clients` generates. In a project of your own, copy clients/typescript into it instead.
export * from "../../../clients/typescript/client.js";
