"""Keys, sealed fields, audit, retention and erasure: what keeps a patient's data the patient's."""
