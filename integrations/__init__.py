"""Other people's systems (webhooks, FHIR, WhatsApp), fed from the outbox."""
