import { defineConfig } from "vite";

// Both servers listen to this machine alone. `make run` allows pages of every origin; a stack on AWS has a list of them.
const server = { host: "127.0.0.1", port: 5173 };

export default defineConfig({ server, preview: server });
