/** The docs: Swagger UI over the contract, authorized by the user who signs in above it. */

import { cognito } from "./cognito.js";
import { runMonth } from "./month.js";
import { runPanel } from "./panel.js";

const SCHEME = "cognito";
const month = runMonth();
const about = await (await fetch("/_local")).json();

const ui = window.SwaggerUIBundle({
  url: "/docs/contract.json",
  dom_id: "#operations",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    // Swagger UI takes lines of JSON for one JSON value by the name of their media type, and offers them as a string.
    const areLines = request.headers?.["Content-Type"] === "application/x-ndjson" && request.body?.startsWith('"');
    return areLines ? { ...request, body: JSON.parse(request.body) } : request;
  },
  responseInterceptor: (response) => {
    if (response.ok && !response.url.endsWith("/docs/contract.json")) month.draw(); // it may have changed the month
    return response;
  },
  onComplete: () =>
    runPanel({
      calls: cognito(about),
      demoUser: about.demo_user,
      fetchCode: async (email) => {
        const response = await fetch(`/_local/codes/${encodeURIComponent(email)}`);
        if (!response.ok) throw new Error("There is no code to show here; make run prints it on its terminal.");
        return (await response.json()).code;
      },
      onToken: (token) => {
        if (token) ui.preauthorizeApiKey(SCHEME, token);
        else ui.authActions.logout([SCHEME]);
        month.use(token);
      },
    }),
});
