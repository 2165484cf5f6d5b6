"""The clinical record of a consultation: drafts and their merging, the closing gate, signatures, what is printed."""
