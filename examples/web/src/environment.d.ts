/** What `.env.local` has; `make run` prints it, and for a stack on AWS its outputs have the same values. */
interface ImportMetaEnv {
  readonly VITE_API_URL: string;
  readonly VITE_COGNITO_ENDPOINT: string;
  readonly VITE_CLIENT_ID: string;
}
