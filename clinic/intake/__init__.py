"""Before the call: the clinic's consent text and who accepted it, triage questions and answers, the waiting room."""
