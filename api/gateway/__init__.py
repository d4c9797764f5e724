"""API Gateway's side: proxy events, dispatch, problems, CORS and telemetry."""
