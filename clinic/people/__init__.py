"""Who comes and who works here: patients and staff, how they are told apart, and how staff prove who they are."""
