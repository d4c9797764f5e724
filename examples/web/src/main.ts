/** An expense tracker in one page, on the API of this project. */

import { runAccount, showForm } from "./account.js";
import { runApp } from "./app.js";
import { element, show } from "./elements.js";
import * as session from "./session.js";

async function showUser(user: session.User): Promise<void> {
  element("account").hidden = true;
  for (const id of ["ledger", "user"]) element(id).hidden = false;
  element("user").querySelector("output")!.value = user.email;
  await runApp(user, showSignIn);
}

function showSignIn(reason: string): void {
  for (const id of ["ledger", "user"]) element(id).hidden = true;
  for (const id of ["waiting", "list", "chart"]) element(id).replaceChildren();
  element("account").hidden = false;
  showForm("log-in");
  show("message", reason);
}

runAccount(showUser);
const user = session.user();
if (user) await showUser(user);
else showSignIn("");
