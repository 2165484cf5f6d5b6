"""All that the clinic holds of one patient, across its stores: exported, deleted when its time is over, erased."""
