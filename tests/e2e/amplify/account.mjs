// A front end's use of the user pool by Amplify, from signing up to deleting the account: `node account.mjs ABOUT`.
// ABOUT is the response of /_local. It prints what a test wants to know, as one JSON object.

import { createHmac } from 'node:crypto';
import { Amplify } from '@aws-amplify/core';
import * as auth from '@aws-amplify/auth';
import { cognitoUserPoolsTokenProvider as tokenProvider } from '@aws-amplify/auth/cognito';

const about = JSON.parse(process.argv[2]);
const configuration = {
  Cognito: {
    userPoolId: about.user_pool_id,
    userPoolClientId: about.client_id,
    userPoolEndpoint: about.cognito_endpoint,
  },
};
// What the package aws-amplify does by itself; it would bring three times as much along.
tokenProvider.setAuthConfig(configuration);
Amplify.configure({ Auth: configuration }, { Auth: { tokenProvider } });
const email = `${crypto.randomUUID()}@example.com`;
const newEmail = `${crypto.randomUUID()}@example.com`;
const [password, secondPassword, thirdPassword] = ['Correct-horse-1', 'Another-horse-2', 'Third-horse-345'];
const seen = { email, newEmail };

async function codeFor(address) {
  return (await (await fetch(`${about.api_url}/_local/codes/${address}`)).json()).code;
}

function totp(secret) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'));
  const key = Buffer.from(bits.join('').match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

await auth.signUp({ username: email.toUpperCase(), password, options: { userAttributes: { email: email.toUpperCase(), zoneinfo: 'Africa/Nairobi' } } });
await auth.confirmSignUp({ username: email, confirmationCode: await codeFor(email) });
seen.signIn = (await auth.signIn({ username: email, password })).nextStep.signInStep;

const first = await auth.fetchAuthSession();
const renewed = [];
for (let count = 0; count < 3; count += 1) renewed.push(await auth.fetchAuthSession({ forceRefresh: true }));
seen.claims = renewed.at(-1).tokens.idToken.payload;
seen.tokens = new Set([first, ...renewed].map((session) => session.tokens.idToken.toString())).size;
seen.apiStatus = (
  await fetch(`${about.api_url}/expenses`, { headers: { Authorization: `Bearer ${renewed.at(-1).tokens.idToken}` } })
).status;

seen.update = (await auth.updateUserAttributes({ userAttributes: { email: newEmail, name: 'Amina' } })).email.nextStep;
seen.before = await auth.fetchUserAttributes();
await auth.confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: await codeFor(newEmail) });
seen.after = await auth.fetchUserAttributes();

await auth.updatePassword({ oldPassword: password, newPassword: secondPassword });
await auth.signOut();
await auth.resetPassword({ username: newEmail });
await auth.confirmResetPassword({ username: newEmail, newPassword: thirdPassword, confirmationCode: await codeFor(newEmail) });
seen.oldPassword = await auth.signIn({ username: newEmail, password: secondPassword }).catch((error) => error.name);
await auth.signIn({ username: newEmail, password: thirdPassword });

const { sharedSecret } = await auth.setUpTOTP();
await auth.verifyTOTPSetup({ code: totp(sharedSecret) });
await auth.updateMFAPreference({ totp: 'PREFERRED' });
await auth.signOut({ global: true });
seen.second = (await auth.signIn({ username: newEmail, password: thirdPassword })).nextStep.signInStep;
seen.wrongTotp = await auth.confirmSignIn({ challengeResponse: '000000' }).catch((error) => error.name);
seen.rightTotp = (await auth.confirmSignIn({ challengeResponse: totp(sharedSecret) })).nextStep.signInStep;

await auth.deleteUser();
seen.deleted = await auth.signIn({ username: newEmail, password: thirdPassword }).catch((error) => error.name);
console.log(JSON.stringify(seen));
