"""What happens when links, pages, processes and machines die in the middle of a consultation."""
